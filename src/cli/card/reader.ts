import { readAlerts } from './alert-reader.ts'
import type { CardData, ComponentData, Figures, RuntimeData, SelfData, TargetData } from './data.ts'
import { graceText } from './grace.ts'
import { Json } from './json.ts'
import { recorderNames } from './recorder-text.ts'

/** The answers of the API that a card is made from, parsed; `self` and `health` may be missing. */
export interface Answers {
  readonly metrics: unknown
  readonly compliance: unknown
  readonly self?: unknown
  readonly health?: unknown
}

/** Reads a card from the API's answers. Never throws: what is missing or of another kind is left out. */
export function readCard(answers: Answers): CardData {
  const metrics = new Json(answers.metrics)
  const compliance = new Json(answers.compliance)
  const health = new Json(answers.health)
  const summary = compliance.at('compliance_summary')
  return {
    service: metrics.at('service').text(),
    window: metrics.at('window').text(),
    atMs: Date.parse(metrics.at('timestamp').text()) || 0,
    overall: {
      grade: metrics.at('overall_grade').textOrNull(),
      reason: metrics
        .at('overall_reason')
        .text()
        .replace(/^[A-F]: /, ''),
      status: compliance.at('overall_compliance_status').text(),
      compliance: compliance.at('average_compliance_percentage').number(),
      met: summary.at('targets_met').number(),
      close: summary.at('targets_close').number(),
      failing: summary.at('targets_failing').number(),
      notMeasured: summary.at('targets_not_measured').number() ?? metrics.at('targets_not_measured').number(),
      trend: metrics.at('grade_trend').at('direction').textOrNull(),
    },
    users: metrics.at('concurrent_users').number(),
    inFlight: metrics.at('in_flight_requests').number(),
    alerts: metrics.at('active_alerts_count').number(),
    firing: readAlerts(health.at('active_alerts')),
    grace: graceText(health),
    targets: compliance.at('target_compliance').entries().map(target),
    components: metrics.at('metrics_by_type').entries().map(component),
    runtime: runtime(health.at('runtime')),
    self: answers.self === undefined ? null : self(new Json(answers.self)),
  }
}

function target([id, json]: readonly [string, Json]): TargetData {
  return {
    id,
    component: json.at('component').text() || id,
    series: json.at('series').textOrNull(),
    status: json.at('status').text() || 'unknown',
    grade: json.at('grade').textOrNull(),
    range: json
      .at('grade_range')
      .list()
      .map((letter) => letter.text()),
    lowConfidence: json.at('low_confidence').value === true,
    percentile: json.at('percentile').number(),
    value: json.at('value').number(),
    limit: json.at('limit').number(),
    compliance: json.at('compliance_percentage').number(),
    n: json.at('n').count(),
    reason: json.at('reason').text(),
  }
}

function component([name, json]: readonly [string, Json]): ComponentData {
  const breakdown = json.at('breakdown')
  return {
    component: name,
    ...figures(json),
    series: json
      .at('series')
      .list()
      .map((series) => ({
        name: series.at('name').text(),
        nested: series.at('nested').value === true,
        ...figures(series),
      })),
    breakdown:
      breakdown.at('own_ms').number() === null
        ? null
        : {
            ownMs: breakdown.at('own_ms').count(),
            parts: breakdown
              .at('components')
              .entries()
              .map(([part, figure]) => ({ component: part, wallMs: figure.at('wall_ms').count() })),
          },
  }
}

function figures(json: Json): Figures {
  return {
    n: json.at('n').count(),
    sumMs: json.at('sum_ms').count(),
    ratePerSecond: json.at('rate_per_second').number(),
    errorRate: json.at('error_rate').number(),
    hitRate: json.at('hit_rate').number(),
    p50Ms: json.at('p50_ms').number(),
    p95Ms: json.at('p95_ms').number(),
    p99Ms: json.at('p99_ms').number(),
  }
}

function runtime(json: Json): RuntimeData | null {
  const delay = json.at('event_loop_delay')
  if (delay.at('n').number() === null) return null
  return {
    p99Ms: delay.at('p99_ms').number(),
    maxMs: delay.at('max_ms').number(),
    blocked: json.at('blocked').at('n').count(),
    collections: json.at('gc').at('n').count(),
    gcMs: json.at('gc').at('sum_ms').count(),
    understated: json.at('requests_understated').text(),
  }
}

function self(json: Json): SelfData {
  return {
    version: json.at('version').text(),
    cpuShare: json.at('engine').at('cpu_share').number(),
    seriesUsed: json.at('series').at('used').number(),
    seriesLimit: json.at('series').at('limit').number(),
    folded: json.at('series').at('folded').count(),
    invalid: json.at('dropped').at('invalid').count(),
    droppedBatches: json.at('dropped').at('batches').count(),
    droppedAlertEvents: json.at('alert_events').at('dropped').count(),
    unreadableAlertEvents: json.at('alert_events').at('unreadable').count(),
    errors: json.at('dropped').at('errors').count(),
    store: json.at('store').at('name').text(),
    storeState: json.at('store').at('state').text(),
    recorders: json
      .at('recorders')
      .list()
      .map((each) => ({
        ...recorderNames(each),
        state: each.at('state').text(),
        detail: each.at('detail').text(),
      })),
  }
}
