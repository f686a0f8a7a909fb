import { createHistogram } from 'node:perf_hooks'
import type { Contestant } from '../interleave.ts'
import { rival } from '../rival.ts'
import { durationsMs, durationsNs, durationsUs, MASK } from './durations.ts'

interface PromClient {
  readonly Registry: new () => object
  readonly Histogram: new (options: object) => PromHistogram
}
interface PromHistogram {
  observe(value: number): void
  labels(...values: readonly string[]): { observe(value: number): void }
  startTimer(labels?: object): () => number
}
interface OpenTelemetry {
  readonly MeterProvider: new (options: object) => { getMeter(name: string): OpenTelemetryMeter }
  readonly InMemoryMetricExporter: new (temporality: number) => object
  readonly PeriodicExportingMetricReader: new (options: object) => object
}
interface OpenTelemetryMeter {
  createHistogram(name: string): { record(value: number, attributes?: object): void }
}
interface HdrHistogram {
  initWebAssembly(): Promise<void>
  build(options: object): { recordValue(value: number): void }
}

export const BOUND_CHILD = 'prom-client histogram, bound child'

/** The contestants whose packages are installed. */
export async function rivals(): Promise<readonly Contestant[]> {
  return [...promClient(), ...openTelemetry(), ...(await hdrHistogram()), perfHooks()]
}

function promClient(): readonly Contestant[] {
  const prom = rival<PromClient>('prom-client')
  if (prom === undefined) return []
  const registers = [new prom.Registry()]
  const plain = new prom.Histogram({ name: 'plain', help: 'h', registers })
  const labelled = new prom.Histogram({
    name: 'labelled',
    help: 'h',
    labelNames: ['component', 'name'],
    registers,
  })
  const child = labelled.labels('database', 'user_lookup')
  const timed = new prom.Histogram({ name: 'timed', help: 'h', labelNames: ['component', 'name'], registers })
  const labels = { component: 'database', name: 'user_lookup' }
  return [
    {
      name: 'prom-client histogram, no labels',
      run: (operations) => {
        for (let i = 0; i < operations; i++) plain.observe(durationsMs[i & MASK]! / 1000)
      },
    },
    {
      name: BOUND_CHILD,
      run: (operations) => {
        for (let i = 0; i < operations; i++) child.observe(durationsMs[i & MASK]! / 1000)
      },
    },
    {
      name: 'prom-client startTimer and its end',
      run: (operations) => {
        for (let i = 0; i < operations; i++) timed.startTimer(labels)()
      },
    },
  ]
}

function openTelemetry(): readonly Contestant[] {
  const sdk = rival<OpenTelemetry>('@opentelemetry/sdk-metrics')
  if (sdk === undefined) return []
  // Without a reader it would record nothing. This one never comes to reading.
  const exporter = new sdk.InMemoryMetricExporter(0)
  const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  const meter = new sdk.MeterProvider({ readers: [reader] }).getMeter('bench')
  const plain = meter.createHistogram('plain')
  const labelled = meter.createHistogram('labelled')
  const attributes = { component: 'database', name: 'user_lookup' }
  return [
    {
      name: 'OpenTelemetry histogram, no attributes',
      run: (operations) => {
        for (let i = 0; i < operations; i++) plain.record(durationsMs[i & MASK]!)
      },
    },
    {
      name: 'OpenTelemetry histogram, two attributes',
      run: (operations) => {
        for (let i = 0; i < operations; i++) labelled.record(durationsMs[i & MASK]!, attributes)
      },
    },
  ]
}

async function hdrHistogram(): Promise<readonly Contestant[]> {
  const hdr = rival<HdrHistogram>('hdr-histogram-js')
  if (hdr === undefined) return []
  await hdr.initWebAssembly()
  const options = {
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e6,
    numberOfSignificantValueDigits: 2,
  }
  const script = hdr.build(options)
  const assembly = hdr.build({ ...options, useWebAssembly: true })
  return [
    {
      name: 'hdr-histogram-js (WebAssembly)',
      run: (operations) => {
        for (let i = 0; i < operations; i++) assembly.recordValue(durationsUs[i & MASK]!)
      },
    },
    {
      name: 'hdr-histogram-js (JavaScript)',
      run: (operations) => {
        for (let i = 0; i < operations; i++) script.recordValue(durationsUs[i & MASK]!)
      },
    },
  ]
}

function perfHooks(): Contestant {
  const histogram = createHistogram()
  return {
    name: 'perf_hooks histogram',
    run: (operations) => {
      for (let i = 0; i < operations; i++) histogram.record(durationsNs[i & MASK]!)
    },
  }
}
