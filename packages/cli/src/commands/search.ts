import { readFile } from 'node:fs/promises'
import * as catalog from '@barrow/api/catalog'
import { Command } from 'commander'
import type { MakeCommand } from '../command.ts'
import { CommandError } from '../failure.ts'
import { say } from '../io.ts'
import { createProgress } from '../progress.ts'
import { type Shop, withShop } from '../shop.ts'
import { table } from '../table.ts'
import { currencyCode } from './import.ts'

type Engine = Shop['runtime']['search']['engines'][number]

export const searchCommand: MakeCommand = (io) => {
  const search = new Command('search').description('Looks after what finds products, as SEARCH says.')

  search
    .command('rebuild')
    .description(
      'Builds the index anew, of every engine or of one, while searches and changes go on. Broken off, the old one stays.',
    )
    .option('--engine <name>', 'postgres or opensearch')
    .action(({ engine: name }: { engine?: string }) =>
      withShop(io, async (shop) => {
        for (const engine of chosen(shop, name)) {
          const progress = createProgress(io.err)
          const onProgress = (done: number) => progress.update(`${engine.name}: ${done} products`)
          const rebuilt = catalog.rebuild(shop.context('search.rebuild'), engine, {
            onProgress,
            signal: io.interrupted(),
          })
          const done = await rebuilt.finally(progress.end)
          say(io.out, `${engine.name}: the index is new, ${done} products were read.`)
        }
      }),
    )

  search
    .command('compare')
    .argument('<file>', 'queries, one on each line')
    .description('Asks every engine the same queries, and shows how many products each finds and the first of them.')
    .option('--currency <code>', 'what products are sold in', currencyCode, 'EUR')
    .action((file: string, { currency }: { currency: string }) =>
      withShop(io, async (shop) => {
        const queries = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '')
        const engines = chosen(shop, undefined)
        if (engines.length < 2) say(io.err, 'There is nothing to compare with: SEARCH is postgres.')
        let same = 0
        for (const q of queries) {
          const answers = await Promise.all(
            engines.map((engine) => catalog.askOne(shop.context('search.compare'), engine, { q, currency, limit: 5 })),
          )
          if (new Set(answers.map(({ total }) => JSON.stringify(total))).size === 1) same += 1
          say(io.out, '')
          say(io.out, `“${q}”`)
          const titles = answers.map(({ rows }) => rows.map((row) => row.title))
          const longest = Math.max(1, ...titles.map((rows) => rows.length))
          const headings = ['', ...answers.map(({ total }, n) => `${engines[n]?.name} ${countOf(total)}`)]
          const rows = Array.from({ length: longest }, (_, n) => [
            `${n + 1}`,
            ...titles.map((found) => found[n] ?? '-'),
          ])
          for (const line of table(headings, rows)) say(io.out, line)
        }
        say(io.out, '')
        say(io.out, `${same} of ${queries.length} queries find as many everywhere.`)
      }),
    )
  return search
}

const countOf = ({ count, more }: { count: number; more: boolean }) => (more ? `${count}+` : `${count}`)

function chosen(shop: Shop, name: string | undefined): readonly Engine[] {
  const { engines } = shop.runtime.search
  if (name === undefined) return engines
  const one = engines.filter((engine) => engine.name === name)
  if (one.length > 0) return one
  throw new CommandError(
    `This shop does not search by ${name}, but by ${engines.map((engine) => engine.name).join(', ')}.`,
  )
}
