import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newestJava } from './java.ts'

const run = promisify(execFile)

export interface Certificate {
  /** A PKCS #12 file with key and certificate. */
  readonly store: string
  readonly password: string
  /** The certificate as PEM, for those who are to trust it. */
  readonly ca: string
}

/** Makes a certificate for this machine that nobody has signed but itself, in a folder; good for a month. */
export async function makeCertificate(folder: string, password: string): Promise<Certificate> {
  const certificate = { store: join(folder, 'keystore.p12'), password, ca: join(folder, 'ca.pem') }
  const program = join(await newestJava(17), 'keytool')
  const open = ['-keystore', certificate.store, '-storepass', password, '-alias', 'server']
  await rm(certificate.store, { force: true })
  await run(program, ['-genkeypair', ...open, '-storetype', 'PKCS12', '-keyalg', 'EC', '-validity', '30', ...subject])
  await run(program, ['-exportcert', '-rfc', ...open, '-file', certificate.ca])
  return certificate
}
const subject = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1', '-ext', 'bc:c']
