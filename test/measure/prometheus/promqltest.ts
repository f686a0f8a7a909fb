import {
  type Distribution,
  type ExponentialHistogram,
  explicitDistribution,
  exponentialDistribution,
} from './distribution.ts'
import { type Buckets, coarsen } from './exponential.ts'

const CUSTOM_BOUNDS = -53

interface Sample extends ExponentialHistogram {
  readonly bounds: readonly number[]
}
interface Series {
  readonly name: string
  readonly labels: string
  readonly stepMs: number
  readonly samples: readonly (Sample | undefined)[]
}

/** One call of a histogram function on loaded histograms, and what Prometheus answers. */
export interface Evaluation {
  readonly line: number
  readonly fn: 'quantile' | 'fraction'
  readonly args: readonly number[]
  /** The answer is multiplied by the histogram's count. */
  readonly timesCount: boolean
  readonly distribution: Distribution
  readonly want: number
}

export interface Script {
  readonly evaluations: readonly Evaluation[]
  /** Lines that call a histogram function on something else than a loaded series of histograms. */
  readonly skipped: readonly string[]
}

interface Call {
  readonly atMs: number
  readonly fn: Evaluation['fn']
  readonly args: readonly number[]
  readonly input: readonly Series[]
  readonly timesCount: boolean
}

/** Reads the language of Prometheus' own tests as far as single histograms and two functions of them go. */
export function parsePromqltest(text: string): Script {
  const evaluations: Evaluation[] = []
  const skipped: string[] = []
  let loaded: Series[] = []
  let stepMs = 0
  let call: Call | undefined
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith('expect ')) continue
    if (line === 'clear') {
      loaded = []
    } else if (line.startsWith('load ')) {
      stepMs = durationMs(line.slice('load '.length))
    } else if (line.startsWith('eval ')) {
      stepMs = 0
      call = parseCall(line, loaded)
      if (call === undefined && /histogram_(quantiles?|fraction)\(/.test(line)) skipped.push(line)
    } else if (stepMs > 0) {
      loaded.push(parseSeries(line, stepMs))
    } else if (call !== undefined) {
      evaluations.push(evaluation(i + 1, call, line))
    }
  }
  return { evaluations, skipped }
}

/** Undefined for a call of other functions, or on anything but loaded series that hold histograms only. */
function parseCall(line: string, loaded: readonly Series[]): Call | undefined {
  const [, at, name, inner, times] =
    line.match(/^eval instant at (\w+) histogram_(\w+)\(([^()]*)\)( \* histogram_count\(\w+\))?$/) ?? []
  if (name !== 'quantile' && name !== 'quantiles' && name !== 'fraction') return undefined
  const parts = inner!.split(', ')
  const selector = name === 'quantiles' ? parts.shift()! : parts.pop()!
  if (name === 'quantiles') parts.shift() // the label that tells the quantiles apart
  const [, metric, label = ''] = selector.match(/^(\w+)(?:\{(.*)\})?$/)!
  const input = loaded.filter((series) => series.name === metric && series.labels.includes(label))
  if (input.length === 0 || input.some(({ samples }) => samples.length === 0)) return undefined
  return {
    atMs: durationMs(at!),
    fn: name === 'fraction' ? 'fraction' : 'quantile',
    args: parts.map(parseNumber),
    input,
    timesCount: times !== undefined,
  }
}

function evaluation(line: number, call: Call, result: string): Evaluation {
  const [, labels, want] = result.match(/^\{(.*)\}\s+(\S+)$/)!
  const wanted = labels!.replace(/(, )?q="[^"]*"/, '')
  const { samples, stepMs } = call.input.find((series) => series.labels === wanted)!
  const sample = samples[Math.min(Math.floor(call.atMs / stepMs), samples.length - 1)]!
  const { fn, args, timesCount } = call
  return { line, fn, args, timesCount, distribution: distributionOf(sample), want: parseNumber(want!) }
}

function distributionOf({ bounds, ...sample }: Sample): Distribution {
  if (sample.schema !== CUSTOM_BOUNDS) return exponentialDistribution(sample)
  const counts = new Float64Array(bounds.length + 1)
  counts.set(Array.from(sample.positive.counts), sample.positive.first)
  return explicitDistribution({ ...sample, bounds, counts })
}

/** `name{labels} {{…}} {{…}}+{{…}}x10 _`; without samples where they are not histograms. */
function parseSeries(line: string, stepMs: number): Series {
  const [, name = '', labels = '', values = ''] = line.match(/^([\w:]+)(?:\{([^{}]*)\})?\s+(.*)$/) ?? []
  const samples: (Sample | undefined)[] = []
  for (const [token, first, added, times] of values.matchAll(
    /_|\{\{(.*?)\}\}(?:\+\{\{(.*?)\}\})?(?:x(\d+))?|\S+/g,
  )) {
    if (token === '_') samples.push(undefined)
    else if (first === undefined) return { name, labels, stepMs, samples: [] }
    else {
      let sample = parseSample(first)
      samples.push(sample)
      for (let i = 0; i < Number(times ?? 0); i++) {
        if (added !== undefined) sample = sum(sample, parseSample(added))
        samples.push(sample)
      }
    }
  }
  return { name, labels, stepMs, samples }
}

/** `schema:0 sum:5 count:4 buckets:[1 2 1]` */
function parseSample(text: string): Sample {
  const fields = new Map<string, readonly number[]>()
  for (const [, key, list, single] of text.matchAll(/(\w+):(?:\[(.*?)\]|(\S+))/g)) {
    fields.set(key!, (list ?? single!).split(' ').filter(Boolean).map(parseNumber))
  }
  const one = (key: string) => fields.get(key)?.[0] ?? 0
  return {
    schema: one('schema'),
    count: one('count'),
    sum: one('sum'),
    zeroCount: one('z_bucket'),
    zeroThreshold: one('z_bucket_w'),
    positive: { first: one('offset'), counts: fields.get('buckets') ?? [] },
    negative: { first: one('n_offset'), counts: fields.get('n_buckets') ?? [] },
    bounds: fields.get('custom_values') ?? [],
  }
}

function sum(a: Sample, b: Sample): Sample {
  const schema = Math.min(a.schema, b.schema)
  const at = (sample: Sample, side: 'positive' | 'negative') => coarsen(sample[side], sample.schema - schema)
  return {
    ...a,
    schema,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    zeroCount: a.zeroCount + b.zeroCount,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    positive: union(at(a, 'positive'), at(b, 'positive')),
    negative: union(at(a, 'negative'), at(b, 'negative')),
  }
}

function union(a: Buckets, b: Buckets): Buckets {
  const first = Math.min(a.first, b.first)
  const end = Math.max(a.first + a.counts.length, b.first + b.counts.length)
  const count = (buckets: Buckets, index: number) => buckets.counts[index - buckets.first] ?? 0
  const counts = Array.from({ length: end - first }, (_, i) => count(a, first + i) + count(b, first + i))
  return { first, counts }
}

function durationMs(text: string): number {
  const [, amount, unit] = text.match(/^(\d+)(s|m)?$/)!
  return Number(amount) * (unit === 'm' ? 60_000 : 1000)
}

function parseNumber(text: string): number {
  return Number(text.replace(/^([-+]?)inf$/i, '$1Infinity'))
}
