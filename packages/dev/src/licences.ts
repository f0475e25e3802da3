import { refused } from './shipped/licences.ts'
import { shipped } from './shipped/packages.ts'

/** `pnpm licences`: under which licences the packages stand that images and the SDK hold. Fails on one nobody allowed. */
const packages = [...(await shipped()).values()]
for (const { name, version, licence } of packages) process.stdout.write(`${licence.padEnd(16)}${name}@${version}\n`)

const wrong = refused(packages)
for (const { name, licence } of wrong) process.stderr.write(`${name} is under ${licence}, which is not allowed.\n`)
process.exitCode = wrong.length === 0 ? 0 : 1
