import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Mailer, type Message, mailable } from '../ports/mail.ts'

const StoredMessage = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  date: z.iso.datetime(),
})
export type StoredMessage = z.infer<typeof StoredMessage>

/** The development mailer: keeps each message as a file of a folder, one file per id, and lists them newest first. */
export function createMailbox(dir: string): Mailer & { list(): Promise<StoredMessage[]> } {
  const fileOf = (id: string) => join(dir, `${id.replaceAll(/[^\w.-]/g, '_')}.json`)
  return {
    async send(message: Message) {
      const kept = mailable(message)
      await mkdir(dir, { recursive: true })
      const file = fileOf(kept.id)
      // Written aside and renamed, so that a reader never sees half a message, and a second delivery replaces the first.
      const draft = `${file}.${randomUUID()}.part`
      await writeFile(draft, JSON.stringify(kept))
      await rename(draft, file)
    },
    async list() {
      await mkdir(dir, { recursive: true })
      const names = (await readdir(dir)).filter((name) => name.endsWith('.json'))
      const messages = await Promise.all(
        names.map(async (name) => StoredMessage.parse(JSON.parse(await readFile(join(dir, name), 'utf8')))),
      )
      return messages.sort((a, b) => b.date.localeCompare(a.date))
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
