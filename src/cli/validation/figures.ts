import { Json } from '../card/json.ts'
import { type Check, equal, failed, passed } from './check.ts'
import {
  EXPECTED_OVERALL,
  EXPECTED_USERS,
  EXPECTED_VERDICTS,
  PLANNED,
  PLANNED_IN_WORKER,
  type Planned,
  REQUESTS,
} from './plan.ts'

/** What a percentile may be off by, from the histogram it is read from. */
const ERROR = 0.011
const QUANTILES = { p50_ms: 0.5, p95_ms: 0.95, p99_ms: 0.99 } as const

/** Whether all that was sent has reached the answer of `metrics` (or more). */
export function isComplete(metrics: unknown): boolean {
  const requests = Object.values(REQUESTS).reduce((sum, { times }) => sum + times, 0)
  const types = new Json(metrics).at('metrics_by_type')
  return (
    types.at('request').at('n').count() >= requests &&
    [...PLANNED, PLANNED_IN_WORKER].every(
      (each) => seriesOf(metrics, each).at('n').count() >= each.durationsMs.length,
    )
  )
}

/** Counts of requests, against what was sent. */
export function requestChecks(metrics: unknown): readonly Check[] {
  const json = new Json(metrics)
  const request = json.at('metrics_by_type').at('request')
  const sent = Object.values(REQUESTS)
  const all = sent.reduce((sum, { times }) => sum + times, 0)
  const failures = sent.reduce((sum, { times, status }) => sum + (status >= 500 ? times : 0), 0)
  return [
    equal('requests counted exactly, Yardstick’s own left out', request.at('n').number(), all),
    equal('requests answered with 5xx counted as failed, exactly', request.at('failed').number(), failures),
    equal('requests in flight when all are answered', json.at('in_flight_requests').number(), 0),
    equal('distinct users', json.at('concurrent_users').number(), EXPECTED_USERS),
  ]
}

/** Counts, extremes, sums and percentiles of recorded durations, against the plan. */
export function recordedChecks(metrics: unknown): readonly Check[] {
  const series = PLANNED.map((planned) => [planned, seriesOf(metrics, planned)] as const)
  const worker = seriesOf(metrics, PLANNED_IN_WORKER)
  return [
    all('operations counted exactly', series, (planned, json) =>
      differs('n', json.at('n').number(), planned.durationsMs.length),
    ),
    all('failures and cache hits counted exactly', series, (planned, json) => [
      ...differs('failed', json.at('failed').number(), planned.failed ?? 0),
      ...differs('hits', json.at('hits').number(), planned.hits ?? 0),
    ]),
    all('minimum, maximum and sum exact', series, ({ durationsMs }, json) => [
      ...differs('min_ms', json.at('min_ms').number(), Math.min(...durationsMs)),
      ...differs('max_ms', json.at('max_ms').number(), Math.max(...durationsMs)),
      ...differs(
        'sum_ms',
        json.at('sum_ms').number(),
        durationsMs.reduce((sum, each) => sum + each, 0),
      ),
    ]),
    all('percentiles (p50, p95, p99) within 1.1 % of the true ones', series, percentileProblems),
    equal(
      'operations of a worker thread counted exactly',
      worker.at('n').number(),
      PLANNED_IN_WORKER.durationsMs.length,
    ),
  ]
}

/** Verdicts, grades and compliance, against what the requirements say of the plan. */
export function verdictChecks(metrics: unknown, compliance: unknown): readonly Check[] {
  const targets = new Json(compliance).at('target_compliance')
  const checks = EXPECTED_VERDICTS.map(({ target, n, status, grade, good }): Check => {
    const json = targets.at(target)
    const problems = [
      ...differs('n', json.at('n').number(), n),
      ...differs('status', json.at('status').text(), status),
      ...differs('grade', json.at('grade').text(), grade),
      ...(good === undefined
        ? []
        : differs(
            'compliance',
            json.at('compliance_percentage').number(),
            Math.floor((10_000 * good) / n) / 100,
          )),
    ]
    const what = `${target} is graded ${grade} and ${status}`
    return problems.length === 0 ? passed(what, json.at('reason').text()) : failed(what, problems.join('; '))
  })
  const overall = new Json(metrics).at('overall_grade').textOrNull()
  return [...checks, equal('the overall grade, held down by the F', overall, EXPECTED_OVERALL)]
}

function seriesOf(metrics: unknown, { component, name }: Planned): Json {
  const series = new Json(metrics).at('metrics_by_type').at(component).at('series').list()
  return series.find((each) => each.at('name').value === name) ?? new Json(undefined)
}

type Named = readonly (readonly [planned: Planned, json: Json])[]

function all(
  what: string,
  series: Named,
  problemsOf: (planned: Planned, json: Json) => readonly string[],
): Check {
  const problems = series.flatMap(([planned, json]) => {
    const found = problemsOf(planned, json)
    return found.length === 0 ? [] : [`${planned.component} ${planned.name}: ${found.join(', ')}`]
  })
  return problems.length === 0 ? passed(what, `${series.length} series`) : failed(what, problems.join('; '))
}

function differs(field: string, got: string | number | null, expected: string | number): readonly string[] {
  return got === expected
    ? []
    : [`expected ${field} ${expected}, got ${got === '' ? 'nothing' : (got ?? 'nothing')}`]
}

/** A percentile of few values lies between two of them; either may be told. */
function percentileProblems({ durationsMs }: Planned, json: Json): readonly string[] {
  const sorted = durationsMs.toSorted((one, two) => one - two)
  return Object.entries(QUANTILES).flatMap(([field, q]) => {
    const got = json.at(field).number()
    const low = sorted[Math.ceil(q * sorted.length) - 1]!
    const high = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
    if (got !== null && got >= low * (1 - ERROR) && got <= high * (1 + ERROR)) return []
    return [`expected ${field} ${low} to ${high}, got ${got ?? 'nothing'}`]
  })
}
