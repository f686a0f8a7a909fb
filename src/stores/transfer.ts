import { randomUUID } from 'node:crypto'
import type { Batch, Span, Store, StoredEvent } from '../engine/store.ts'
import { either, fields, literal, text, time } from '../ground/check.ts'
import { YardstickError } from '../ground/errors.ts'
import type { Counts } from '../measure/counts.ts'
import { unpackCounts } from '../measure/pack.ts'
import { openSlices, packSlices } from './blob.ts'
import type { StoreReader } from './kept.ts'
import { noPresence } from './presence.ts'
import { unreadable } from './seal.ts'

const FORMAT = 1
const EVER: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/** How much was moved. */
export interface Moved {
  readonly spans: number
  readonly events: number
  readonly claims: number
}

/** A line of an export (NDJSON). Slices are packed as stores keep them, with their checksum, in Base64. */
type Line =
  | { readonly yardstick_export: number; readonly id: string }
  | { readonly service: string; readonly from_ms: number; readonly to_ms: number; readonly slices: string }
  | { readonly service: string; readonly event: StoredEvent }
  | { readonly service: string; readonly claim: string; readonly at_ms: number }
  | ({ readonly end: true } & Moved)

/** All figures, events and claims of a store as lines, each with its line break. The last one says how many there were. */
export async function* exportLines(store: StoreReader): AsyncGenerator<string, void, undefined> {
  let [spans, events, claims] = [0, 0, 0]
  const line = (value: Line): string => `${JSON.stringify(value)}\n`
  yield line({ yardstick_export: FORMAT, id: randomUUID() })
  for (const service of await store.services()) {
    for await (const { fromMs, toMs, slices } of store.slices(service, EVER)) {
      spans++
      const packed = Buffer.from(packSlices(slices)).toString('base64')
      yield line({ service, from_ms: fromMs, to_ms: toMs, slices: packed })
    }
    for await (const event of store.events(service, EVER)) {
      events++
      yield line({ service, event })
    }
    for await (const { key, atMs } of store.claims(service)) {
      claims++
      yield line({ service, claim: key, at_ms: atMs })
    }
  }
  yield line({ end: true, spans, events, claims })
}

/** An export of which the first line has been read. */
export interface Exported {
  readonly id: string
  readonly rest: AsyncIterable<string>
}

/**
 * Reads the first line, which says whether it is an export at all: before a store is opened, and so made, for it.
 *
 * @throws YardstickError `YS_STORE_DATA` on anything else
 */
export async function openExport(lines: AsyncGenerator<string>): Promise<Exported> {
  const first = await lines.next()
  const line = first.done === true ? undefined : lineOf(first.value, 1)
  if (line === undefined || !('yardstick_export' in line)) throw unexpected(1, 'the first line of an export')
  if (line.yardstick_export !== FORMAT) throw unexpected(1, `an export of format ${FORMAT}`)
  return { id: line.id, rest: lines }
}

/**
 * Saves what was exported into a store, beside what it holds. Doing it again changes nothing, so one that was broken off
 * is simply repeated.
 *
 * @throws YardstickError `YS_STORE_DATA` on a line that does not belong there, or where it is cut off
 */
export async function importLines(store: Store, { id, rest }: Exported): Promise<Moved> {
  const instance = `export ${id}`
  const moved = { spans: 0, events: 0, claims: 0 }
  let ended = false
  let number = 1
  for await (const text of rest) {
    number++
    const line = lineOf(text, number)
    if (ended) throw unexpected(number, 'nothing after the last line')
    if (!isLine(line)) throw unexpected(number, LINES)
    else if ('slices' in line) await store.save(batchOf(line, instance, ++moved.spans, number))
    else if ('event' in line) {
      await store.append(line.service, [line.event])
      moved.events++
    } else if ('claim' in line) {
      await store.claim(line.service, line.claim, line.at_ms)
      moved.claims++
    } else if ('end' in line) {
      ended = true
      const same = line.spans === moved.spans && line.events === moved.events && line.claims === moved.claims
      if (!same)
        throw unexpected(number, `${line.spans} spans, ${line.events} events and ${line.claims} claims`)
    }
  }
  if (!ended)
    throw unexpected(number + 1, 'the last line of an export: it was cut off. Import the whole one again')
  return moved
}

function lineOf(text: string, number: number): Line {
  try {
    const line = JSON.parse(text) as unknown
    if (typeof line === 'object' && line !== null) return line as Line
  } catch {}
  throw unexpected(number, 'JSON')
}

// Whoever wrote it: what is no event or claim must not get into a store, where every reader would meet it again.
const LINES = 'a line of an export: slices of a span, an event or a claim, each of a service'
const isLine = either(
  fields({ service: text, from_ms: time, to_ms: time, slices: text }),
  fields({ service: text, event: fields({ id: text, kind: text, atMs: time }) }),
  fields({ service: text, claim: text, at_ms: time }),
  fields({ end: literal(true) }),
)

function batchOf(
  line: Extract<Line, { readonly slices: string }>,
  instance: string,
  flush: number,
  number: number,
): Batch {
  const { service, from_ms: fromMs, to_ms: toMs } = line
  if (fromMs > toMs) throw unexpected(number, 'a span that ends after it begins')
  const slices = openSlices(Buffer.from(line.slices, 'base64')).map(({ component, name, nested, packed }) => {
    return { component, name, nested, counts: countsOf(packed) }
  })
  return { service, instance, flush, fromMs, toMs, slices, events: [], presence: noPresence() }
}

function countsOf(packed: Uint8Array): Counts {
  try {
    return unpackCounts(packed)
  } catch (error) {
    throw unreadable('stored counts', error)
  }
}

function unexpected(number: number, what: string): YardstickError {
  return new YardstickError('YS_STORE_DATA', `line ${number} of the export: expected ${what}`)
}
