import type { ProcessReading } from '../engine/runtime/process-meter.ts'
import type { Presence } from '../engine/store.ts'
import { ByteReader, ByteWriter } from '../measure/bytes.ts'
import { LEVELS, Levels } from '../measure/levels.ts'
import type { Example } from '../measure/slow-request.ts'
import { REGISTERS } from '../measure/users.ts'
import { seal, unreadable, unseal } from './seal.ts'

const FORMAT = 1

/** In the order in which they are written; new ones go last. */
const RUNTIME = [
  ...['loops', 'utilization', 'delayP50Ms', 'delayP99Ms', 'delayMaxMs', 'blocked', 'blockedNowMs'],
  ...['gcMs', 'gcMaxMs', 'cpuShare', 'rssBytes', 'heapUsedBytes', 'heapLimitBytes', 'handles'],
] as readonly (keyof ProcessReading)[]
const MOST_RUNTIME = 100

/** A presence as bytes: format, figures, checksum. Exact; `openPresence` is its inverse. */
export function packPresence(presence: Presence): Uint8Array {
  const { host, pid, node, version, startedMs, inFlight, users, levels, examples, runtime } = presence
  const out = new ByteWriter()
  out.text(host)
  out.uint(pid)
  out.text(node)
  out.text(version)
  out.float(startedMs)
  out.uint(inFlight)
  out.uint(users.places.length)
  for (const place of users.places) out.uint(place)
  out.bytes(users.ranks)
  const used = levels.used()
  out.uint(used.length)
  for (const level of used) {
    out.uint(level)
    out.uint(levels.completed[level]!)
    // A loop's own time is no sum of recorded durations: it lies on no grid.
    out.float(levels.timeMs[level]!)
  }
  // Most have none, and the first version's had nothing more at all.
  if (examples.length > 0 || runtime !== undefined) out.uint(examples.length)
  for (const example of examples) writeExample(out, example)
  if (runtime !== undefined) writeRuntime(out, runtime)
  return seal(FORMAT, out.finish())
}

/**
 * Reads what `packPresence` wrote.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything else
 */
export function openPresence(bytes: Uint8Array): Presence {
  const what = 'stored presence'
  const from = new ByteReader(unseal(FORMAT, bytes, what))
  try {
    const [host, pid, node, version] = [from.text(), from.uint(), from.text(), from.text()]
    const [startedMs, inFlight] = [from.float(), from.uint()]
    const places = new Uint16Array(lengthOf(from))
    for (let at = 0; at < places.length; at++) places[at] = below(from.uint(), REGISTERS)
    const users = { places, ranks: from.bytes(places.length).slice() }
    const levels = new Levels()
    for (let left = from.uint(); left > 0; left--) {
      levels.add(below(from.uint(), LEVELS), from.uint(), from.float())
    }
    const examples: Example[] = []
    for (let left = from.done ? 0 : from.uint(); left > 0; left--) examples.push(readExample(from))
    const runtime = from.done ? undefined : readRuntime(from)
    if (!from.done) throw new RangeError('expected the end, got more bytes')
    const read = { host, pid, node, version, startedMs, inFlight, users, levels, examples }
    return runtime === undefined ? read : { ...read, runtime }
  } catch (error) {
    throw unreadable(what, error)
  }
}

/** Whether it is what `noPresence` gives. Every process has a number. */
export function isNobody({ host, pid }: Presence): boolean {
  return pid === 0 && host === ''
}

/** What is known of who saved a row of the first version, or one that was imported: nothing. */
export function noPresence(): Presence {
  const users = { places: new Uint16Array(), ranks: new Uint8Array() }
  const figures = { inFlight: 0, users, levels: new Levels(), examples: [] }
  return { host: '', pid: 0, node: '', version: '', startedMs: 0, ...figures }
}

function writeExample(out: ByteWriter, example: Example): void {
  const { atMs, series, durationMs, failed, breakdown, ownMs, traceId = '' } = example
  out.float(atMs)
  out.text(series)
  out.float(durationMs)
  out.uint(failed ? 1 : 0)
  out.float(ownMs)
  out.text(traceId)
  out.uint(breakdown.length)
  for (const { component, calls, wallMs } of breakdown) {
    out.text(component)
    out.uint(calls)
    out.float(wallMs)
  }
}

function readExample(from: ByteReader): Example {
  const [atMs, series, durationMs] = [from.float(), from.text(), from.float()]
  const [failed, ownMs, traceId] = [from.uint() !== 0, from.float(), from.text()]
  const breakdown: Example['breakdown'][number][] = []
  for (let left = from.uint(); left > 0; left--) {
    breakdown.push({ component: from.text(), calls: from.uint(), wallMs: from.float() })
  }
  const known = { atMs, series, durationMs, failed, breakdown, ownMs }
  return traceId === '' ? known : { ...known, traceId }
}

function writeRuntime(out: ByteWriter, runtime: ProcessReading): void {
  out.uint(RUNTIME.length)
  for (const name of RUNTIME) out.float(runtime[name])
}

/** What a newer version adds to the end is passed over. */
function readRuntime(from: ByteReader): ProcessReading | undefined {
  const length = from.uint()
  if (length > MOST_RUNTIME) throw new RangeError(`expected at most ${MOST_RUNTIME} figures, got ${length}`)
  const figures = Array.from({ length }, () => from.float())
  if (length < RUNTIME.length) return undefined
  return Object.fromEntries(RUNTIME.map((name, at) => [name, figures[at]])) as unknown as ProcessReading
}

function lengthOf(from: ByteReader): number {
  const length = from.uint()
  // A sketch has one rank a register; a larger number would take memory before it is found out.
  if (length > REGISTERS) throw new RangeError(`expected at most ${REGISTERS} users' places, got ${length}`)
  return length
}

function below(value: number, end: number): number {
  if (value >= end) throw new RangeError(`expected a number under ${end}, got ${value}`)
  return value
}
