import { expect, test } from 'vitest'
import { fetching } from './fetching.ts'
import { newClusterId } from './kafka.ts'

const shell = (script: string) => fetching('a server', 'sh', ['-c', script])

test('what cannot be fetched is said in a few lines that begin with what went wrong', async () => {
  await shell('echo fetched')
  const noise = 'for n in $(seq 50); do echo "[ERROR] help $n"; done'
  await expect(shell(`echo looking; echo "[ERROR] no such host"; ${noise}; exit 1`)).rejects.toThrow(
    /^Cannot fetch a server: \[ERROR\] no such host\n(.*\n){3}.*$/,
  )
  await expect(shell('echo "E: Unable to locate package" >&2; exit 100')).rejects.toThrow(/: E: Unable to locate/)
  await expect(fetching('a server', 'no-such-program', [])).rejects.toThrow('this machine has no no-such-program')
})

test('the id of a Kafka cluster is never taken for an option of its tools', () => {
  for (let made = 0; made < 500; made += 1) expect(newClusterId()).toMatch(/^[\w][\w-]{21}$/)
})
