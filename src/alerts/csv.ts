import { YardstickError } from '../ground/errors.ts'
import type { Slice } from '../measure/slice.ts'
import { limits } from '../targets/limits.ts'
import type { Target } from '../targets/target.ts'
import { LineProblems } from './line-problems.ts'
import { countsOf, type Operations } from './operations.ts'
import type { Reading } from './replay.ts'

const COLUMNS = ['time', 'component', 'series', 'duration_ms', 'outcome', 'count'] as const
const REQUIRED = ['time', 'component', 'duration_ms'] as const
const OUTCOMES = ['ok', 'failed', 'hit', 'miss'] as const
const SECOND_MS = 1000

interface Row {
  readonly atMs: number
  readonly component: string
  readonly series: string
  readonly operations: Operations
}

/**
 * Readings from a table of operations with the columns `time` (ISO 8601, or ms since 1970), `component`, `duration_ms`
 * and, if they are there, `series`, `outcome` (`ok`, `failed`, `hit`, `miss`; default `ok`) and `count` (default 1), in
 * any order of rows. Operations that ended in the same second are one reading.
 *
 * @throws YardstickError `YS_SCENARIO` with each line that is wrong and what was expected there
 */
export function readingsFromCsv(text: string, targets: readonly Target[]): readonly Reading[] {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const columns = cells(head).map((name) => name.trim().toLowerCase())
  const missing = REQUIRED.filter((name) => !columns.includes(name))
  if (missing.length > 0) {
    const optional = COLUMNS.filter((name) => !(REQUIRED as readonly string[]).includes(name)).join(', ')
    const expected = `the columns ${REQUIRED.join(', ')} and perhaps ${optional}; ${missing.join(', ')} missing`
    wrong(1, [problem(expected, head)])
  }
  const problems = new LineProblems()
  const rows = lines.flatMap((line, i) =>
    line.trim() === '' ? [] : (problems.reading(() => rowOf(cells(line), columns, i + 2)) ?? []),
  )
  problems.refuse()
  const limitsOf = limits(targets)
  const bySecond = Map.groupBy(rows, ({ atMs }) => Math.ceil(atMs / SECOND_MS) * SECOND_MS)
  return [...bySecond]
    .sort(([one], [other]) => one - other)
    .map(([atMs, own]) => {
      const bySeries = Map.groupBy(own, ({ component, series }) => JSON.stringify([component, series]))
      const slices = [...bySeries.values()].map((same): Slice => {
        const { component, series: name } = same[0]!
        const operations = same.map((row) => row.operations)
        return { component, name, nested: false, counts: countsOf(operations, limitsOf(component, name)) }
      })
      return { atMs, slices }
    })
}

function rowOf(values: readonly string[], columns: readonly string[], line: number): Row {
  const value = (name: (typeof COLUMNS)[number]): string => values[columns.indexOf(name)]?.trim() ?? ''
  const time = value('time')
  const atMs = /^\d+(\.\d+)?$/.test(time) ? Number(time) : Date.parse(time)
  const component = value('component')
  const durationMs = Number(value('duration_ms') || 'x')
  const outcome = OUTCOMES.find((each) => each === (value('outcome') || 'ok'))
  const count = Number(value('count') || 1)
  const problems = [
    ...(Number.isFinite(atMs) ? [] : [problem('a time such as 2026-01-15T10:00:00Z or ms since 1970', time)]),
    ...(component === '' ? [problem('a component', component)] : []),
    ...(durationMs >= 0 && Number.isFinite(durationMs)
      ? []
      : [problem('a duration in ms', value('duration_ms'))]),
    ...(outcome === undefined
      ? [problem(`an outcome, one of ${OUTCOMES.join(', ')}`, value('outcome'))]
      : []),
    ...(Number.isSafeInteger(count) && count > 0
      ? []
      : [problem('a whole number of operations', value('count'))]),
  ]
  if (outcome === undefined || problems.length > 0) wrong(line, problems)
  return { atMs, component, series: value('series') || 'all', operations: { count, outcome, durationMs } }
}

/** RFC 4180, but a quoted cell may not hold a line break. */
function cells(line: string): readonly string[] {
  // With a comma before each cell an empty first one is no match of nothing, after which a search goes on.
  const found = `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return [...found].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

function problem(expected: string, got: string): string {
  return `expected ${expected}, got ${JSON.stringify(got)}`
}

function wrong(line: number, problems: readonly string[]): never {
  throw new YardstickError('YS_SCENARIO', `line ${line}: ${problems.join('; ')}`)
}
