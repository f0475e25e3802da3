/**
 * The languages whose endings are known: as PostgreSQL's text search configurations call them, which use the same stemmers
 * (Snowball) as OpenSearch's filters. `simple` knows no endings.
 */
export const languages = [
  'simple',
  'danish',
  'dutch',
  'english',
  'finnish',
  'french',
  'german',
  'hungarian',
  'italian',
  'norwegian',
  'portuguese',
  'romanian',
  'russian',
  'spanish',
  'swedish',
  'turkish',
] as const
export type Language = (typeof languages)[number]

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Words that nobody looks for: left out of a query, unless it ends with one. */
const common: Readonly<Partial<Record<Language, ReadonlySet<string>>>> = {
  danish: words('af alle at den der det du en er et for fra i jeg kan med men mig mit og også om på som til ved vi'),
  dutch: words(
    'aan als bij dat de deze die dit een en er het ik in is je kan met mijn naar niet of om op te tot uit van voor was we wij zijn',
  ),
  english: words(
    'a an and any are as at be by for from has have i in is it its my of on or our s some that the their this to was we were with you your',
  ),
  finnish: words('ei että he ja joka jos kun mikä minun minä mutta niin ole olen on se sen siitä tai tämä'),
  french: words(
    'à au aux avec ce ces cette d dans de des du elle en est et il je l la le les leur ma mes mon ne nous ou par pas pour qu que qui sa ses son sur un une vos votre',
  ),
  german: words(
    'als am an auf aus bei das dem den der des die ein eine einem einen einer eines es für ich im in ist mein meine mit nach nicht oder sich sie sind und vom von war was wie wir zu zum zur',
  ),
  hungarian: words('a az egy és hogy is ha de nem van volt'),
  italian: words(
    'a ad al alla anche che chi ci con d da dal dalla dei del della delle di e gli i il in io l la le lo ma mi mio nel nella non o per più se si sono su un una uno',
  ),
  norwegian: words('av at de den det du en er et for fra i jeg kan med meg men min og også om på som til ved vi'),
  portuguese: words(
    'a à ao aos as até com como da das de do dos e em é entre eu ma mais mas me meu na não nas no nos o os ou para pela pelo por que se sem seu sua um uma',
  ),
  romanian: words(
    'a al ale am au ca care ce cu de din după e este în la mai nu o pe pentru prin sau se și un une unei unui',
  ),
  russian: words('а без в во да для до его ее за и из или к как на не но о об от по при с со то у что это я'),
  spanish: words(
    'a al como con de del el ella en entre es esta este la las lo los más me mi no o para pero por que se sin su sus un una unas uno unos y ya',
  ),
  swedish: words('att av de den det du en ett för från han i inte jag kan med men min mig och om på som till var vi'),
  turkish: words('ama bir bu da de gibi için ile ise ki mi ne o ve veya ya'),
}

/** The words of a query that say something. Its last one always does: somebody is still typing it. */
export function tellingWords(query: readonly string[], language: Language): string[] {
  const dull = common[language]
  return query.filter((word, index) => index === query.length - 1 || !dull?.has(word))
}
