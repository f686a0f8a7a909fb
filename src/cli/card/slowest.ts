import { formatDuration } from '../../ground/duration.ts'
import { isRuntime } from '../../measure/runtime-components.ts'
import { OTHER } from '../../measure/series-name.ts'
import { formatCount } from '../../targets/reason.ts'
import type { CardData, ComponentData, Figures } from './data.ts'
import { type Column, type Paper, table } from './table.ts'
import { durationText, rateText, shareText } from './wording.ts'

const COLUMNS: readonly Column[] = [
  { title: 'TIME', align: 'end' },
  { title: 'SERIES', align: 'start' },
  { title: 'P95', align: 'end' },
  { title: 'N', align: 'end' },
  { title: 'RATE', align: 'end' },
  { title: 'ERRORS', align: 'end' },
  { title: 'HITS', align: 'end' },
  { title: 'P50', align: 'end' },
  { title: 'P99', align: 'end' },
]

/** The series that most time went into, at most `most` of them. */
export function slowest(data: CardData, most: number, paper: Paper): string[] {
  // No time is to stand twice: neither that of a part, nor that of a request that is a login, which counts as authentication
  // too, under its own name.
  const requests = requestNames(data)
  const series = data.components
    .flatMap(({ component, series }) => series.map((each) => ({ component, ...each })))
    .filter(({ component, nested, n }) => n > 0 && !nested && !isRuntime(component))
    .filter(({ component, name }) => component !== 'authentication' || !requests.has(name))
    .toSorted((one, two) => two.sumMs - one.sumMs)
    .slice(0, Math.max(0, most))
  if (series.length === 0) return []
  return table(COLUMNS, series.map(row), { keep: 3, name: 1, paper })
}

function requestNames({ components }: CardData): ReadonlySet<string> {
  const requests = components.find(({ component }) => component === 'request')
  return new Set(requests?.series.map(({ name }) => name).filter((name) => name !== OTHER))
}

function row(series: Figures & { readonly component: string; readonly name: string }): {
  readonly cells: readonly { readonly text: string }[]
} {
  const { component, name, sumMs, p50Ms, p95Ms, p99Ms, n, ratePerSecond, errorRate, hitRate } = series
  const texts = [
    formatDuration(sumMs),
    `${component}  ${name}`,
    durationText(p95Ms),
    formatCount(n),
    rateText(ratePerSecond),
    shareText(errorRate),
    hitRate === null ? '' : shareText(hitRate),
    durationText(p50Ms),
    durationText(p99Ms),
  ]
  return { cells: texts.map((text) => ({ text })) }
}

/** Where requests spend their time: `database 62 %`, largest first. Parts may overlap; with none it is unmeasured. */
export function shares({ components }: CardData): readonly string[] {
  return components.flatMap((component) => sharesOf(component))
}

function sharesOf({ breakdown, sumMs }: ComponentData): readonly string[] {
  if (breakdown === null || sumMs === 0) return []
  return [...breakdown.parts, { component: 'unmeasured', wallMs: breakdown.ownMs }]
    .filter(({ wallMs }) => wallMs > 0)
    .toSorted((one, two) => two.wallMs - one.wallMs)
    .map(({ component, wallMs }) => `${component} ${shareText(wallMs / sumMs, 0)}`)
}
