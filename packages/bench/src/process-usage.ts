import { readFile } from 'node:fs/promises'

/** A process and those it began, and they, and so on; those that are gone are left out. */
export async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const families = await Promise.all(
    children.split(' ').flatMap((child) => (child.trim() === '' ? [] : [familyOf(Number(child))])),
  )
  return [pid, ...families.flat()]
}

const sum = (figures: readonly number[]) => figures.reduce((total, figure) => total + figure, 0)
const ofAll = async (pid: number, figure: (pid: number) => Promise<number>): Promise<number> =>
  sum(await Promise.all((await familyOf(pid)).map(figure)))

/** Seconds of processor time of a process and those it began. */
export const cpuOf = (pid: number): Promise<number> => ofAll(pid, ownCpu)

/** Resident memory of a process and those it began, in bytes. */
export const memoryOf = (pid: number): Promise<number> => ofAll(pid, ownMemory)

/** Linux counts in hundredths of a second, user and system apart. */
async function ownCpu(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function ownMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(status.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]) * 1024
}
