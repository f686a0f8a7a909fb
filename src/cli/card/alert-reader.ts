import type { AlertData } from './data.ts'
import type { Json } from './json.ts'

/** Reads a list of alerts from an answer of the API; whatever is missing is left out. */
export function readAlerts(json: Json): readonly AlertData[] {
  return json.list().map(readAlert)
}

export function readAlert(json: Json): AlertData {
  const evidence = json.at('evidence')
  const status = json.at('status').text()
  const burns = ['long', 'short'].map((window) => evidence.at('burn').at(window).number())
  return {
    id: json.at('id').text(),
    target: json.at('target').text(),
    policy: json.at('kind').text() === 'burn_rate' ? 'burn_rate' : 'ratio',
    // What is over ends as what it had become by then: what it was at its worst says more.
    severity: json.at(status === 'resolved' ? 'worst_severity' : 'severity').text(),
    status,
    percentile: evidence.at('percentile').number(),
    value: evidence.at('value').number(),
    limit: evidence.at('limit').number(),
    ratio: evidence.at('ratio').number(),
    n: evidence.at('n').count(),
    bad: evidence.at('bad').count(),
    failed: evidence.at('failed').number(),
    burn: burns.includes(null) ? null : Math.min(...burns.map(Number)),
    fired: json.at('fired').text(),
    durationMs: json.at('duration_ms').count(),
    stale: json.at('stale').value === true,
    acknowledgedBy: json.at('acknowledged').at('by').text(),
    silencedBy: json.at('silenced').at('by').text(),
  }
}
