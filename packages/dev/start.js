// Plain JavaScript, so that an old Node can still say that it is old before it meets TypeScript.
const needed = 24
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `Barrow runs on Node ${needed} or later; this is ${process.versions.node}. ` +
      `Where npm has no Node ${needed} for the machine (macOS on ARM), install it from nodejs.org.\n`,
  )
  process.exit(1)
}
const [, , program] = process.argv
await import(`./src/${program}.ts`)
