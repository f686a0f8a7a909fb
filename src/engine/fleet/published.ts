import type { Spent } from '../../alerts/lookback.ts'
import { ByteReader, ByteWriter } from '../../measure/bytes.ts'
import type { Counts } from '../../measure/counts.ts'
import { Levels } from '../../measure/levels.ts'
import { packedView, unpackCounts } from '../../measure/pack.ts'
import { WINDOW_NAMES, type WindowName } from '../../measure/window.ts'
import type { Trend } from '../../targets/trend.ts'
import type { ComponentSnapshot, SelfReport, Snapshot, WindowSnapshot } from '../snapshot.ts'

const FORMAT = 1

type Plain = Omit<Snapshot, 'levels' | 'window' | 'trend' | 'lookback' | 'self'> & {
  readonly levels: { readonly completed: readonly number[]; readonly timeMs: readonly number[] }
  readonly windows: readonly PlainWindow[]
  readonly trends: readonly (readonly [target: string | null, trend: Trend | null])[]
  /** By how far is looked back; nothing where so much is not kept. */
  readonly spent: readonly (readonly [target: string, lengthMs: number, spent: Spent])[]
}
/** Counts are packed behind the text, in the order in which components and their series come. */
type PlainWindow = Omit<WindowSnapshot, 'components'> & {
  readonly components: readonly {
    readonly component: string
    readonly series: readonly string[]
    /** Names of those that are; an instance of an earlier version does not say. */
    readonly nested?: readonly string[]
  }[]
}

/**
 * A snapshot as bytes, for the other instances of the service. `openSnapshot` is its inverse.
 *
 * @param lookbacksMs how far can be looked back there
 */
export function packSnapshot(snapshot: Snapshot, lookbacksMs: readonly number[]): Uint8Array {
  const { levels, window, trend, lookback, self: _, ...rest } = snapshot
  const windows = WINDOW_NAMES.map(window)
  const targets = windows[0]!.verdicts.map(({ target }) => target)
  const plain: Plain = {
    ...rest,
    levels,
    windows: windows.map(({ name, fromMs, toMs, verdicts, overall, components }) => ({
      ...{ name, fromMs, toMs, verdicts, overall },
      components: components.map(({ component, series }) => ({
        component,
        series: series.map(({ name }) => name),
        nested: series.flatMap(({ name, nested }) => (nested ? [name] : [])),
      })),
    })),
    trends: [null, ...targets.map(({ id }) => id)].map((id) => [id, trend(id ?? undefined) ?? null]),
    spent: targets.flatMap((target) =>
      lookbacksMs.flatMap((lengthMs) => {
        const spent = lookback(target, lengthMs)
        return spent === undefined ? [] : [[target.id, lengthMs, spent] as const]
      }),
    ),
  }
  const out = new ByteWriter()
  out.uint(FORMAT)
  out.text(JSON.stringify(plain, withInfinities))
  for (const { components } of windows) {
    for (const { counts, series } of components) {
      write(out, counts)
      for (const one of series) write(out, one.counts)
    }
  }
  return out.finish()
}

/**
 * Reads what `packSnapshot` wrote.
 *
 * @param self of the instance that reads: what it costs is its own
 * @throws RangeError or SyntaxError on anything else, another version's format included
 */
export function openSnapshot(bytes: Uint8Array, self: SelfReport): Snapshot {
  const from = new ByteReader(bytes)
  const format = from.uint()
  if (format !== FORMAT) throw new RangeError(`expected a snapshot of format ${FORMAT}, got ${format}`)
  const { windows, trends, spent, levels, ...rest } = JSON.parse(from.text(), backToInfinities) as Plain
  const read = (): Counts => unpackCounts(from.bytes(from.uint()))
  const byName = new Map<WindowName, WindowSnapshot>(
    windows.map((plain) => {
      const components = plain.components.map(({ component, series, nested }): ComponentSnapshot => {
        const counts = read()
        const opened = series.map((name) => ({
          name,
          nested: nested?.includes(name) ?? false,
          counts: read(),
        }))
        return { component, counts, series: opened }
      })
      return [plain.name, { ...plain, components }]
    }),
  )
  const byTarget = new Map(trends)
  const byLength = new Map(spent.map(([target, lengthMs, each]) => [`${lengthMs} ${target}`, each]))
  return {
    ...rest,
    levels: levelsOf(levels),
    window: (name) => byName.get(name)!,
    trend: (target) => byTarget.get(target ?? null) ?? undefined,
    lookback: ({ id }, lengthMs) => byLength.get(`${lengthMs} ${id}`),
    self,
  }
}

function write(out: ByteWriter, counts: Counts): void {
  const packed = packedView(counts)
  out.uint(packed.length)
  out.bytes(packed)
}

function levelsOf({ completed, timeMs }: Plain['levels']): Levels {
  const levels = new Levels()
  for (const [level, count] of completed.entries()) levels.add(level, count, timeMs[level]!)
  return levels
}

/** JSON has none; a ratio over an allowance of nothing is one. */
function withInfinities(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? { infinite: true } : value
}

function backToInfinities(_key: string, value: unknown): unknown {
  const infinite = typeof value === 'object' && value !== null && 'infinite' in value
  return infinite ? Number.POSITIVE_INFINITY : value
}
