import type { MailConfig } from '../mail-settings.ts'
import type { Mailer } from '../ports/mail.ts'
import { createMailbox } from './mailbox.ts'

/** Whatever sends mail, as the configuration says. */
export async function openMail({ from, smtp, mailboxDir }: MailConfig): Promise<Mailer> {
  if (smtp === undefined) return createMailbox(mailboxDir)
  // Loaded by the shops that use it.
  const { createSmtpMailer } = await import('./smtp-mailer.ts')
  return createSmtpMailer({ from, ...smtp })
}
