import { expect, test } from 'vitest'
import { eventsIn } from './events-in.ts'

async function read(...chunks: (string | Uint8Array)[]) {
  const encoder = new TextEncoder()
  const body = ReadableStream.from(chunks.map((chunk) => (typeof chunk === 'string' ? encoder.encode(chunk) : chunk)))
  const events = []
  for await (const event of eventsIn(body)) events.push(event)
  return events
}

test('an event is what stands before an empty line', async () => {
  expect(await read('data: 1\n\nevent: ping\ndata:\n\n', 'data: unfinished\n')).toEqual([
    { type: 'message', data: '1', id: '' },
    { type: 'ping', data: '', id: '' },
  ])
})

test('lines of data are one text, comments are nothing, and an id stays until the next', async () => {
  expect(await read(': hello\nid: 7\ndata: a\ndata: b\n\ndata:c\n\n')).toEqual([
    { type: 'message', data: 'a\nb', id: '7' },
    { type: 'message', data: 'c', id: '7' },
  ])
})

test('a line may break anywhere, and end in any of the three ways', async () => {
  const expected = [
    { type: 'message', data: 'a', id: '' },
    { type: 'message', data: 'b', id: '' },
  ]
  for (const end of ['\n', '\r\n', '\r']) {
    const text = `data: a${end}${end}data: b${end}${end}${end}`
    expect(await read(text)).toEqual(expected)
    expect(await read(...text)).toEqual(expected)
  }
})

test('a letter of several bytes may come in several parts', async () => {
  const bytes = new TextEncoder().encode('data: ü€\n\n')
  const parts = Array.from(bytes, (byte) => Uint8Array.of(byte))
  expect(await read(...parts)).toEqual([{ type: 'message', data: 'ü€', id: '' }])
})
