import { type Letter, link, paragraph } from './letter.ts'

/** A letter with a link that does something; it tells how long the link works. */
interface LinkMail {
  readonly name: string | null
  readonly url: URL
  readonly until: Date
}

const greeting = (name: string | null) => (name === null ? 'Hello,' : `Hello ${name},`)
const hello = (name: string | null) => paragraph(greeting(name))
const works = (until: Date) =>
  paragraph(
    `The link works once, until ${new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(until)} UTC.`,
  )
const notYou = paragraph('If this was not you, you need do nothing: nothing changes without the link.')

export const welcome = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'Welcome: please confirm your e-mail address',
  blocks: [
    hello(name),
    paragraph('Your account is ready. Please confirm that this address is yours.'),
    link('Confirm my address', url),
    works(until),
  ],
})

export const verifyEmail = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'Please confirm your e-mail address',
  blocks: [
    hello(name),
    paragraph('Please confirm that this address is yours.'),
    link('Confirm my address', url),
    works(until),
    notYou,
  ],
})

export const resetPassword = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'Choose a new password',
  blocks: [
    hello(name),
    paragraph('Somebody, hopefully you, asked for a new password.'),
    link('Choose a new password', url),
    works(until),
    notYou,
  ],
})

export const passwordOutgrown = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'Choose a longer password',
  blocks: [
    hello(name),
    paragraph('Your account can do more than before, and needs a longer password for it.'),
    link('Choose a new password', url),
    works(until),
    paragraph('If you have not just tried to sign in, somebody else knows your password: choose a new one now.'),
  ],
})

export const invitation = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'You have been invited',
  blocks: [
    hello(name),
    paragraph('An account was made for you. Choose a password to use it.'),
    link('Choose a password', url),
    works(until),
  ],
})

export const changeEmail = ({ name, url, until }: LinkMail): Letter => ({
  subject: 'Please confirm your new e-mail address',
  blocks: [
    hello(name),
    paragraph('Please confirm that this is to be the address of your account from now on.'),
    link('Use this address', url),
    works(until),
    notYou,
  ],
})

const told = (subject: string, ...texts: string[]): Letter => ({ subject, blocks: texts.map(paragraph) })
const HELP = 'If this was not you, choose a new password and tell us.'

export const emailChangeNotice = (name: string | null): Letter =>
  told(
    'A change of your e-mail address was asked for',
    greeting(name),
    'Somebody asked to change the address of your account.',
    HELP,
  )

export const emailChangedNotice = (name: string | null): Letter =>
  told('Your e-mail address was changed', greeting(name), 'Your account has another e-mail address from now on.', HELP)

export const passwordChanged = (name: string | null): Letter =>
  told('Your password was changed', greeting(name), 'The password of your account was changed.', HELP)

export const totpEnabled = (name: string | null): Letter =>
  told(
    'Your account asks for a code now',
    greeting(name),
    'From now on you sign in with your password and a code of your authenticator app.',
    HELP,
  )

export const totpDisabled = (name: string | null, by: 'owner' | 'admin'): Letter =>
  told(
    'Your account no longer asks for a code',
    greeting(name),
    by === 'owner'
      ? 'From now on you sign in with your password alone.'
      : 'An admin of the shop took your authenticator app away from your account: you sign in with your password alone until you enrol one again.',
    HELP,
  )

export const recoveryCodeUsed = (name: string | null, left: number): Letter =>
  told(
    'A recovery code was used',
    greeting(name),
    `Somebody used a recovery code of your account. ${left === 0 ? 'None is left: make new ones now.' : `${left} left.`}`,
    HELP,
  )

export const alreadyRegistered = (name: string | null): Letter =>
  told(
    'You already have an account',
    greeting(name),
    'Somebody tried to register with this address, which has an account already.',
    'If it was you, sign in, or ask for a new password. If not, you need do nothing.',
  )
