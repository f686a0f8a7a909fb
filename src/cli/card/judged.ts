import { isRuntime } from '../../measure/runtime-components.ts'
import { formatCount } from '../../targets/reason.ts'
import type { CardData, Figures, TargetData } from './data.ts'
import { gradeInk } from './ink.ts'
import { type Cell, type Column, type Paper, type Row, table } from './table.ts'
import {
  durationText,
  gradeText,
  indicatorText,
  NOTHING,
  percentText,
  rateText,
  shareText,
} from './wording.ts'

const COLUMNS: readonly Column[] = [
  { title: 'GRADE', align: 'start' },
  { title: 'TARGET', align: 'start' },
  { title: 'INDICATOR', align: 'start', label: '' },
  { title: 'GOOD', align: 'end', label: 'good' },
  { title: 'N', align: 'end', label: 'n' },
  { title: 'P50', align: 'end', label: 'p50' },
  { title: 'P95', align: 'end', label: 'p95' },
  { title: 'P99', align: 'end', label: 'p99' },
  { title: 'RATE', align: 'end', label: '' },
  { title: 'ERRORS', align: 'end', label: 'errors' },
  { title: 'HITS', align: 'end', label: 'hits' },
]

/** Every target that was measured, and every component without one: what was found, against what was asked. */
export function judged(data: CardData, paper: Paper): string[] {
  const rows = [
    ...data.targets.filter(({ n }) => n > 0).map((target) => ofTarget(target, data)),
    ...untargeted(data),
  ]
  return rows.length === 0 ? [] : table(COLUMNS, rows, { keep: 3, name: 1, paper })
}

/** Targets of which nothing at all was measured. */
export function unmeasured(data: CardData): readonly TargetData[] {
  return data.targets.filter(({ n }) => n === 0)
}

function ofTarget(target: TargetData, data: CardData): Row {
  const ink = gradeInk(target.grade)
  const found = indicatorText(target)
  return {
    cells: [
      { text: gradeText(target), ink },
      { text: target.id },
      { text: found, ...(target.grade === null ? { ink: 'faint' } : {}) },
      { text: percentText(target.compliance) },
      ...figureCells(figuresOf(target, data), target.n),
    ],
    ...(contradicts(target) ? { note: target.reason } : {}),
  }
}

/** Exact counters decide what is met; where the percentile seems to say otherwise, the reason has to be read. */
function contradicts({ status, percentile, value, limit }: TargetData): boolean {
  if (percentile === null || value === null || limit === null) return false
  return (status === 'met') !== value < limit
}

function untargeted({ components, targets }: CardData): Row[] {
  const has = new Set(targets.filter(({ series }) => series === null).map(({ component }) => component))
  return components
    .filter(({ component, n }) => n > 0 && !has.has(component) && !isRuntime(component))
    .map((figures) => ({
      cells: [
        { text: NOTHING, ink: 'faint' },
        { text: figures.component },
        { text: 'no target', ink: 'faint' },
        { text: '' },
        ...figureCells(figures, figures.n),
      ],
    }))
}

/** Of the component or the one series that a target is about; a pattern's are not in the answer. */
function figuresOf({ component, series }: TargetData, data: CardData): Figures | undefined {
  const whole = data.components.find((each) => each.component === component)
  return series === null ? whole : whole?.series.find(({ name }) => name === series)
}

function figureCells(figures: Figures | undefined, n: number): Cell[] {
  // Beside rates and percentiles of all operations a verdict's own n, for a cache its lookups, would mislead.
  if (figures === undefined) return [{ text: formatCount(n) }, ...Array<Cell>(6).fill({ text: '' })]
  const { p50Ms, p95Ms, p99Ms, ratePerSecond, errorRate, hitRate } = figures
  return [
    { text: formatCount(figures.n) },
    { text: durationText(p50Ms) },
    { text: durationText(p95Ms) },
    { text: durationText(p99Ms) },
    { text: rateText(ratePerSecond) },
    { text: shareText(errorRate), ...(errorRate ? { ink: 'fair' } : {}) },
    { text: hitRate === null ? '' : shareText(hitRate) },
  ]
}
