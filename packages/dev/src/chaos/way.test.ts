import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { openWay } from './way.ts'

const server = new URL(inject('serverUrl'))

async function connected(port: number): Promise<pg.Client> {
  const url = new URL(server)
  url.port = String(port)
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => {})
  await client.connect()
  return client
}

test.each([
  ['a text', 'commit'],
  ['what was prepared', { name: 'commit', text: 'commit' }],
])('a COMMIT by %s whose answer is lost is carried out, and only so many are lost', async (_, commit) => {
  await using way = await openWay(Number(server.port))
  const [client, witness] = [await connected(way.port), await connected(way.port)]
  await client.query(commit)
  await client.query('create table way_commit (n int)')
  await client.query('begin')
  await client.query('insert into way_commit values (1)')
  way.dropCommits(1)
  await expect(client.query(commit)).rejects.toThrow('Connection terminated')
  expect((await witness.query('select n from way_commit')).rows).toEqual([{ n: 1 }])
  await witness.query('begin')
  await witness.query('drop table way_commit')
  await witness.query('commit')
  await witness.end()
})

test('messages are counted, and what was waited for never arrives', async () => {
  await using way = await openWay(Number(server.port))
  const client = await connected(way.port)
  way.watch()
  await client.query('select 1')
  await client.query('select $1::int', [1])
  expect(way.passed).toBe(4)
  let acted = 0
  way.watch(2, () => {
    acted += 1
  })
  await expect(client.query('select 1')).rejects.toThrow('Connection terminated')
  expect(acted).toBe(1)
})

test('a silent way holds everything back until it speaks again', async () => {
  await using way = await openWay(Number(server.port))
  const client = await connected(way.port)
  way.pause()
  let answered = false
  const answer = client.query('select 1 as n').then((result) => {
    answered = true
    return result
  })
  const other = await connected(Number(server.port))
  await other.query('select pg_sleep(0.3)')
  expect(answered).toBe(false)
  way.resume()
  expect((await answer).rows).toEqual([{ n: 1 }])
  await Promise.all([client.end(), other.end()])
})
