import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Buckets, bucketOf, coarsen, fromOtlpIndex } from '../../src/measure/exponential.ts'
import { fromSpans, type Span, toSpans } from '../../src/measure/spans.ts'
import { NO_VECTORS, vectors } from '../vectors.ts'
import { random } from './random.ts'

type Pair = readonly [offset: number, length: number]

interface Layouts {
  readonly cases: readonly {
    readonly name: string
    readonly otelOffset: number
    readonly counts: readonly number[]
    readonly byScaleDown: Record<
      string,
      { readonly spans: readonly Pair[]; readonly deltas: readonly number[] }
    >
  }[]
}
interface Reductions {
  readonly cases: readonly {
    readonly spans: readonly Pair[]
    readonly deltas: readonly number[]
    readonly schema: number
    readonly targetSchema: number
    readonly wantSpans: readonly Pair[]
    readonly wantDeltas: readonly number[]
    readonly wantCounts: readonly number[]
  }[]
}
interface RemoteWrite {
  readonly values: readonly number[]
  readonly schema: number
  readonly spans: readonly Pair[]
  readonly deltas: readonly number[]
}

const toPairs = (spans: readonly Span[]): Pair[] => spans.map(({ offset, length }) => [offset, length])
const fromPairs = (pairs: readonly Pair[]): Span[] => pairs.map(([offset, length]) => ({ offset, length }))

/** Buckets without the empty ones at both ends, which spans leave out. */
function trimmed({ first, counts }: Buckets): Buckets {
  const all = Array.from(counts)
  const from = all.findIndex((count) => count !== 0)
  return { first: first + from, counts: all.slice(from, all.findLastIndex((count) => count !== 0) + 1) }
}

test('buckets of OpenTelemetry are laid out as Prometheus lays them out, and read back', (t) => {
  const known = vectors<Layouts>('native-histogram/otlp_to_prom_layout.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  let layouts = 0
  for (const { name, otelOffset, counts, byScaleDown } of known.cases) {
    for (const [scaleDown, want] of Object.entries(byScaleDown)) {
      const buckets = coarsen({ first: fromOtlpIndex(otelOffset), counts }, Number(scaleDown))
      const { spans, deltas } = toSpans(buckets)
      assert.deepEqual({ spans: toPairs(spans), deltas }, want, `${name}, scale down ${scaleDown}`)
      assert.deepEqual(fromSpans({ spans: fromPairs(want.spans), deltas: want.deltas }), trimmed(buckets))
      layouts++
    }
  }
  assert.equal(layouts, 21)
})

test('the resolution of spans is reduced as Prometheus reduces it', (t) => {
  const known = vectors<Reductions>('native-histogram/reduce_resolution.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  for (const { spans, deltas, schema, targetSchema, wantSpans, wantDeltas, wantCounts } of known.cases) {
    const read = fromSpans({ spans: fromPairs(spans), deltas })
    const reduced = coarsen(read, schema - targetSchema)
    // Unlike its OTLP translation, Prometheus' own reduction fills no gaps.
    const written = toSpans(reduced, 0)
    assert.deepEqual(toPairs(written.spans), wantSpans)
    assert.deepEqual(written.deltas, wantDeltas)
    assert.deepEqual(
      reduced.counts.filter((count) => count > 0),
      wantCounts,
    )
  }
})

test('values come out as the spans that a real Prometheus accepted', (t) => {
  const known = vectors<RemoteWrite>('wire/remote_write_v1_native.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const indexes = known.values.map((value) => bucketOf(value, known.schema))
  const first = Math.min(...indexes)
  const counts = new Float64Array(Math.max(...indexes) - first + 1)
  for (const index of indexes) counts[index - first]! += 1
  const { spans, deltas } = toSpans({ first, counts })
  assert.deepEqual(toPairs(spans), known.spans)
  assert.deepEqual(deltas, known.deltas)
})

test('any buckets come back from their spans', () => {
  for (let run = 0; run < 500; run++) {
    const density = random()
    const counts = Array.from({ length: 60 }, () => (random() < density ? Math.ceil(9 * random()) : 0))
    if (counts.every((count) => count === 0)) continue
    const buckets = { first: Math.floor(400 * random()) - 200, counts }
    for (const fill of [0, 1, 2, 5]) assert.deepEqual(fromSpans(toSpans(buckets, fill)), trimmed(buckets))
  }
})

test('no buckets are no spans', () => {
  assert.deepEqual(toSpans({ first: 7, counts: [] }), { spans: [], deltas: [] })
  assert.deepEqual(toSpans({ first: 7, counts: [0, 0] }), { spans: [], deltas: [] })
  assert.deepEqual(fromSpans({ spans: [], deltas: [] }), { first: 0, counts: [] })
})

test('spans that cannot be true are refused, and cost no memory', () => {
  const refused = (pairs: readonly Pair[], deltas: readonly number[]) =>
    assert.throws(() => fromSpans({ spans: fromPairs(pairs), deltas }), RangeError)
  refused([[0, 2]], [1])
  refused([[0, 1]], [1, 1])
  refused([[0, 2]], [1, -2])
  refused([[0, 2]], [1, Number.NaN])
  refused([[0, -1]], [])
  refused(
    [
      [0, 2],
      [-1, 1],
    ],
    [1, 0, 0],
  )
  refused(
    [
      [0, 1],
      [2 ** 31 - 1, 1],
    ],
    [1, 0],
  )
  refused([[0, 2 ** 32 - 1]], [1])
})
