import { createMailbox, type StoredMessage } from '../adapters/mailbox.ts'
import { answerPage, escapeHtml } from './page.ts'
import type { Route } from './route.ts'

/** What the shop would have sent, for developers: `/mailbox` lists it, `/mailbox/<id>` shows one. Never in production. */
export function mailboxRoutes(folder: string): readonly Route[] {
  const mailbox = createMailbox(folder)
  return [
    {
      path: '/mailbox',
      answer: async (request, response) => {
        answerPage(request, response, 'Mailbox', listOf(await mailbox.list()))
        return true
      },
    },
    {
      path: '/mailbox/',
      answer: async (request, response, id) => {
        const message = (await mailbox.list()).find((message) => message.id === id)
        if (message === undefined) return false
        answerPage(request, response, message.subject, pageOf(message))
        return true
      },
    },
  ]
}

function listOf(messages: readonly StoredMessage[]): string {
  const rows = messages.map(
    ({ id, to, subject, date }) =>
      `<tr><td>${escapeHtml(date)}</td><td>${escapeHtml(to)}</td>
<td><a href="/mailbox/${escapeHtml(encodeURIComponent(id))}">${escapeHtml(subject)}</a></td></tr>`,
  )
  return `<h1>Mailbox</h1>${rows.length === 0 ? '<p>No mail yet.</p>' : `<table>${rows.join('')}</table>`}`
}

/** The message's own HTML runs nothing and reaches nothing: its frame is sandboxed, and the page's policy holds in it. */
const pageOf = ({ to, subject, text, html }: StoredMessage): string => `<p><a href="/mailbox">Mailbox</a></p>
<h1>${escapeHtml(subject)}</h1><p>To ${escapeHtml(to)}</p>
<iframe sandbox title="Message" srcdoc="${escapeHtml(html)}"></iframe>
<h2>Text</h2><pre>${escapeHtml(text)}</pre>`
