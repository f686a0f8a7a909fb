import { readFileSync } from 'node:fs'

/**
 * How long a core has been busy with processes since the machine started, ms (steps of 10 ms). `undefined` where the
 * system does not say.
 */
export function coreBusyMs(cpu: number): number | undefined {
  try {
    const line = readFileSync('/proc/stat', 'utf8').match(new RegExp(`^cpu${cpu} (\\d+) (\\d+) (\\d+)`, 'm'))
    return line === null ? undefined : (Number(line[1]) + Number(line[2]) + Number(line[3])) * 10
  } catch {
    return undefined
  }
}
