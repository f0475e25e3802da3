import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { served } from '@barrow/dev/test-serve'
import { testShop } from '@barrow/dev/test-shop'
import { afterAll, beforeAll, expect, test } from 'vitest'

const folder = await mkdtemp(join(tmpdir(), 'barrow-media-'))
const shop = await testShop({ env: { MEDIA_DIR: join(folder, 'media') } })
const { port } = await served(shop)
beforeAll(async () => {
  await mkdir(join(folder, 'media/lamps'), { recursive: true })
  await mkdir(join(folder, 'media-private'))
  await writeFile(join(folder, 'media/lamps/desk.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(folder, 'media/empty.png'), '')
  await writeFile(join(folder, 'media/notes.txt'), 'not an image')
  await writeFile(join(folder, 'media/.hidden.svg'), '<svg/>')
  await writeFile(join(folder, 'media-private/secret.svg'), '<svg>secret</svg>')
  await symlink(join(folder, 'media-private/secret.svg'), join(folder, 'media/linked.svg'))
  await mkdir(join(folder, 'media/folder.svg'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Asks for a path exactly as written: a URL would tidy it up first. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>((done, failed) => {
    const request = send({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }))
    })
    request.on('error', failed).end()
  })
}

test('an image is served, cached, and asked for again by its tag', async () => {
  const first = await get('/media/lamps/desk.svg')
  expect(first).toMatchObject({
    status: 200,
    text: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    headers: { 'content-type': 'image/svg+xml', 'x-content-type-options': 'nosniff' },
  })
  const tag = String(first.headers.etag)
  expect(await get('/media/lamps/desk.svg', { 'If-None-Match': tag })).toMatchObject({ status: 304, text: '' })
  expect(await get('/media/lamps/desk.svg', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
  expect(await get('/media/empty.png')).toMatchObject({ status: 200, text: '' })
})

test('a drawing that is opened by itself runs no script', async () => {
  const policy = String((await get('/media/lamps/desk.svg')).headers['content-security-policy'])
  expect(policy).toMatch(/default-src 'none'/)
  expect(policy).toMatch(/sandbox$/)
  expect(policy).not.toMatch(/script-src/)
})

test('nothing outside the folder is reached, however the way is written', async () => {
  const paths = [
    '/media/../media-private/secret.svg',
    '/media/..%2fmedia-private%2fsecret.svg',
    '/media/%2e%2e/media-private/secret.svg',
    '/media/lamps/../../media-private/secret.svg',
    '/media/..%5cmedia-private%5csecret.svg',
    '/media//etc/passwd.svg',
    '/media/linked.svg',
    '/media/desk%00.svg',
    '/media/%ff.svg',
    '/media/.hidden.svg',
    '/media/notes.txt',
    '/media/folder.svg',
    '/media/lamps/',
    '/media/',
    '/media/missing.png',
  ]
  for (const path of paths) expect(await get(path), path).toMatchObject({ status: 404 })
})
