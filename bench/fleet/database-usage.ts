import { globSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc, a second: what Linux says to user space on every platform. */
const TICKS = 100

/** CPU time of a process and all its children, those that ended included, ms. Linux only. */
export function cpuMs(pid: number): number {
  let ticks = 0
  for (const file of globSync('/proc/[0-9]*/stat')) {
    const fields = statOf(file)
    if (fields === undefined) continue
    const [own, parent] = [Number(file.split('/')[2]), Number(fields[1])]
    if (own === pid)
      ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
    else if (parent === pid) ticks += Number(fields[11]) + Number(fields[12])
  }
  return (ticks * 1_000) / TICKS
}

/** The fields after the name, which may hold spaces; `undefined` for a process that has ended. */
function statOf(file: string): readonly string[] | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
