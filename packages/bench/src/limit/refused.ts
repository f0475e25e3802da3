/** What the shop would refuse too. */
export class Refused extends Error {
  override readonly name = 'Refused'
}
