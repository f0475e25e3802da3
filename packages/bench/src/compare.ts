import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { drive, type Load, type Window } from './drive.ts'
import { Shopper } from './http.ts'
import type { Journey } from './journeys.ts'
import { picture } from './picture.ts'
import { type Report, type Result, table } from './report.ts'
import type { Size } from './seed.ts'
import { type MeasuredShop, openShop } from './shop.ts'
import { countStatements } from './statements.ts'
import { type Env, root, startBarrow, startConstant, startLimit, type Target } from './target.ts'

export interface Comparison {
  readonly journeys: readonly Journey[]
  readonly size: Size
  readonly load: Load
  readonly rounds: number
  /** Another checkout of the repository, measured beside this one. */
  readonly other: string | undefined
  /** What the files of figures are called, and where they go. */
  readonly name: string
  readonly folder: string
  say(line: string): void
}

type Start = (target: Promise<Target>) => Promise<Target>

/** Drives journeys against the shop and against what limits it, in turns, and writes what came of it. */
export async function compare({ journeys, size, load, rounds, other, name, folder, say }: Comparison): Promise<Report> {
  await using shop = await openShop(size, say)
  await using statements = await countStatements(shop.databaseUrl)
  await using started = new AsyncDisposableStack()
  const all: Target[] = []
  const start: Start = async (target) => {
    const running = await target
    started.defer(() => running.stop())
    all.push(running)
    return running
  }
  const groups = [
    { journeys: journeys.filter(({ kept }) => kept === undefined), targets: () => asked(start, shop, other) },
    { journeys: journeys.filter(({ kept }) => kept), targets: () => keeping(start, shop, other, journeys) },
  ]
  const results: Result[] = []
  for (const group of groups) {
    if (group.journeys.length === 0) continue
    const targets = await group.targets()
    for (const journey of group.journeys) {
      const windows: Record<string, Window>[] = []
      for (let round = 1; round <= rounds; round += 1) {
        const of: Record<string, Window> = {}
        for (const target of targets) of[target.name] = await drive(target, journey, { size, load, statements })
        windows.push(of)
      }
      results.push({ journey, targets: targets.map((target) => target.name), rounds: windows })
      say(`${journey.name} measured.`)
    }
  }
  const { connections, seconds } = load
  results.sort((one, two) => journeys.findIndex(named(one)) - journeys.findIndex(named(two)))
  const about = { products: size.products, connections, seconds, at: new Date().toISOString(), node: process.version }
  const report = { ...about, results }
  const file = join(resolve(root, folder), `${name}-${size.products}`)
  await mkdir(resolve(root, folder), { recursive: true })
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(`${file}.svg`, picture(report))
  say(table(report))
  for (const target of all) say(`${target.name}: ${((await target.memory()) / 2 ** 20).toFixed(0)} MB`)
  say(`Written to ${file}.json and ${file}.svg`)
  return report
}

const named =
  ({ journey }: Result) =>
  ({ name }: Journey) =>
    name === journey.name

/** Shops that ask their database every time, and the limit, which does too. */
async function asked(start: Start, shop: MeasuredShop, other: string | undefined): Promise<Target[]> {
  const env: Env = { ...shop.env, CACHE_SECONDS: '0' }
  const targets = [await start(startBarrow('barrow', root, env))]
  if (other !== undefined) targets.push(await start(startBarrow('other', resolve(other), env)))
  return [...targets, await start(startLimit(env))]
}

/** Shops that keep answers, as long as they do by default, and a constant as long as an answer of theirs. */
async function keeping(
  start: Start,
  shop: MeasuredShop,
  other: string | undefined,
  journeys: readonly Journey[],
): Promise<Target[]> {
  const barrow = await start(startBarrow('barrow, keeping', root, shop.env))
  const targets = [barrow]
  if (other !== undefined) targets.push(await start(startBarrow('other, keeping', resolve(other), shop.env)))
  const answers: Record<string, string> = {}
  const shopper = new Shopper(barrow.url)
  for (const { kept } of journeys)
    if (kept) answers[kept.procedure] = (await shopper.query(kept.procedure, kept.input)).toString()
  shopper.leave()
  return [...targets, await start(startConstant(answers))]
}
