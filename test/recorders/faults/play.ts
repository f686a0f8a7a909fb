import { Reading } from '../../../contracts/recorder/reading.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { recorders } from '../../../src/recorders/table.ts'
import { freePort } from '../../servers/free-port.ts'
import { Line } from '../servers/line.ts'
import { type Fault, turns } from './fault.ts'

// node play.ts LIBRARY PORT [recorded]: plays a library's faults in a process of their own, since what nobody handles
// is told to the whole process. Writes a line of JSON for each.

/** What came of a fault. */
export interface Played {
  readonly name: string
  readonly said: readonly string[]
  readonly recorded: Readonly<Record<string, string>>
  /** Components of which an operation has not ended. */
  readonly open: readonly string[]
  readonly errors: readonly string[]
}

const [, , library, port, mode] = process.argv
const { faults } = (await import(`./${library}.ts`)) as { readonly faults: readonly Fault[] }
const reading = mode === 'recorded' ? new Reading() : undefined
if (reading !== undefined) for (const recorder of recorders()) recorder.attach(reading.ledger)

let said: string[] = []
let met = new Map<unknown, number>()
let ports = new Map<number, string>()
const say = (...what: readonly unknown[]): void => void said.push(what.map(told).join(' '))
process.on('uncaughtException', (error) => say('uncaught', error))
process.on('unhandledRejection', (error) => say('unhandled', error))

for (const fault of faults) {
  const line = await new Line(Number(port)).open()
  said = []
  met = new Map()
  const dead = await freePort()
  ports = new Map([
    [line.port, 'LINE'],
    [dead, 'DEAD'],
  ])
  const before = reading?.outcomes() ?? {}
  const scope = new Scope(performance.now())
  const stage = { line, dead, say }
  const run = async (): Promise<void> => {
    await fault.run(stage).catch((error: unknown) => say('not as planned', error))
    await turns()
  }
  await (reading === undefined ? run() : reading.ledger.scopes.run(scope, run))
  const played: Played = {
    name: fault.name,
    said,
    recorded: changed(before, reading?.outcomes() ?? {}),
    open: reading === undefined ? [] : openIn(scope, reading),
    errors: reading?.errors ?? [],
  }
  process.stdout.write(`${JSON.stringify(played)}\n`)
  // What is told of connections that are left goes nowhere.
  said = []
  await line.stop()
  await turns()
}
process.exit()

/** Errors by what the application can see of them, and which of those it has met. */
function told(what: unknown): string {
  if (!(what instanceof Error)) {
    return byName(typeof what === 'string' ? what : (JSON.stringify(what) ?? 'undefined'))
  }
  const which = met.get(what) ?? met.size + 1
  met.set(what, which)
  const { name, message, code } = what as Error & { readonly code?: unknown }
  return `#${which} ${what.constructor.name} ${name} ${code} ${byName(message)} {${Object.getOwnPropertyNames(what).sort()}}`
}

/** Ports by what they are for. */
function byName(text: string): string {
  return text.replaceAll(/\d{4,}/g, (digits) => ports.get(Number(digits)) ?? digits)
}

function changed(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const figures = (text = ''): readonly number[] =>
    ['ok', 'failed'].map((word) => Number(new RegExp(`${word} (\\d+)`).exec(text)?.[1] ?? 0))
  return Object.fromEntries(
    Object.entries(after).flatMap(([key, now]) => {
      const [ok = 0, failed = 0] = figures(now)
      const [okBefore = 0, failedBefore = 0] = figures(before[key])
      const words = [
        ...(ok > okBefore ? [`ok ${ok - okBefore}`] : []),
        ...(failed > failedBefore ? [`failed ${failed - failedBefore}`] : []),
      ]
      return words.length === 0 ? [] : [[key, words.join(', ')]]
    }),
  )
}

/** The time of what is open grows with the clock. */
function openIn(scope: Scope, { ledger }: Reading): readonly string[] {
  const components = new Map(
    ledger.announced.flatMap((each) => (each.kind === 'part' ? [[each.part, each.component] as const] : [])),
  )
  const wallAt = (ms: number): ReadonlyMap<number, number> => {
    const walls = new Map<number, number>()
    scope.soFar(ms, (part, _calls, wallMs) => walls.set(part, wallMs))
    return walls
  }
  const [now, later] = [wallAt(performance.now()), wallAt(performance.now() + 1000)]
  return [...later].flatMap(([part, wallMs]) => (wallMs > now.get(part)! ? [components.get(part)!] : []))
}
