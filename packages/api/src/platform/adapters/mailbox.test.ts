import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { keepsMailContract } from '../ports/mail.contract.ts'
import { createMailbox } from './mailbox.ts'

const folder = join(tmpdir(), `barrow-mailbox-${randomUUID()}`)
afterAll(() => rm(folder, { recursive: true, force: true }))
const mailer = createMailbox(folder)

keepsMailContract({
  mailer,
  received: async () =>
    (await mailer.list()).map((mail) => ({
      ...mail,
      to: [mail.to],
      date: new Date(mail.date),
      bytes: JSON.stringify(mail),
    })),
})
