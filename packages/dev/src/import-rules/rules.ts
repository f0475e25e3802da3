import type { Import } from './imports.ts'

/** The slices of the shop, lowest first: a slice may use those of the rows above it. */
const layers = [
  ['user', 'category'],
  ['address'],
  ['product'],
  ['inventory', 'price', 'tax', 'shipping'],
  ['catalog'],
  ['cart'],
  ['payment'],
  ['order'],
  ['auth', 'webhook'],
]

const layerOf = (slice: string): number => layers.findIndex((layer) => layer.includes(slice))

interface Place {
  readonly room: 'platform' | 'shop' | 'root' | 'elsewhere'
  readonly slice: string
  readonly file: string
}

function placeOf(path: string): Place {
  const [, room = 'elsewhere', rest = ''] = path.match(/^packages\/api\/src\/(platform|shop)\/(.+)$/) ?? []
  if (room === 'platform') return { room, slice: '', file: rest }
  if (room === 'shop') {
    const [slice = '', ...file] = rest.split('/')
    return { room, slice, file: file.join('/') }
  }
  return { room: path.startsWith('packages/api/src/') ? 'root' : 'elsewhere', slice: '', file: path }
}

interface Rule {
  /** Said of an import that breaks it. */
  readonly name: string
  readonly forbids: (edge: Import, from: Place, to: Place) => boolean
}

export const rules: readonly Rule[] = [
  {
    name: 'the platform does not know the shop',
    forbids: (_, from, to) => from.room === 'platform' && (to.room === 'shop' || to.room === 'root'),
  },
  {
    name: 'a slice does not know the composition root',
    forbids: (_, from, to) => from.room === 'shop' && to.room === 'root',
  },
  {
    name: 'every slice has its place among the layers',
    forbids: (_, from) => from.room === 'shop' && layerOf(from.slice) === -1,
  },
  {
    name: 'a slice imports only slices below it, and only their index',
    forbids: (_, from, to) => {
      if (from.room !== 'shop' || to.room !== 'shop' || from.slice === to.slice) return false
      if (from.file === 'entity.ts' && to.file === 'entity.ts') return layerOf(to.slice) > layerOf(from.slice)
      return to.file !== 'index.ts' || layerOf(to.slice) >= layerOf(from.slice)
    },
  },
  {
    name: 'what a slice is made of does not know how it is called',
    forbids: (_, from, to) =>
      from.room === 'shop' &&
      /^(entity|schema|events|errors)\.ts$/.test(from.file) &&
      to.room === 'platform' &&
      /^(trpc|config|context)\.ts$/.test(to.file),
  },
  {
    name: 'a router does not touch the database',
    forbids: ({ to }, from) =>
      from.room === 'shop' && /(^|-)router\.ts$/.test(from.file) && /^(@mikro-orm\/|kysely$)/.test(to),
  },
  {
    name: 'the SDK knows the contract by its types, @trpc/client and superjson, and nothing else',
    forbids: ({ from, to, typeOnly }) => {
      if (!from.startsWith('packages/sdk/src/') || to.startsWith('packages/sdk/src/')) return false
      if (to === '@trpc/client' || to === 'superjson') return false
      return !(typeOnly && (to === '@barrow/api/contract' || to.startsWith('@trpc/')))
    },
  },
  {
    name: 'packages meet at their exports',
    forbids: ({ from, to }) => {
      const home = from.match(/^packages\/[^/]+\//)?.[0]
      return home !== undefined && to.startsWith('packages/') && !to.startsWith(home)
    },
  },
]

/** Every broken rule, as a sentence that names the import. */
export const violations = (imports: readonly Import[]): string[] =>
  imports.flatMap((edge) =>
    rules
      .filter((rule) => rule.forbids(edge, placeOf(edge.from), placeOf(edge.to)))
      .map((rule) => `${edge.from} imports ${edge.to}: ${rule.name}`),
  )
