import { z } from 'zod'
import type { AlertSeverity, FiringAlert, ResolvedAlert } from '../alerts/alert.ts'
import { matching } from '../alerts/matcher.ts'
import type { AlertWatch } from '../alerts/watch.ts'
import { ms } from '../ground/decimals.ts'
import { iso } from '../ground/instant.ts'
import { type EvidenceJson, evidenceJson, evidenceSchema } from './evidence-json.ts'
import { alertSeverity, instant, milliseconds, named } from './schemas.ts'

const acknowledgement = z.strictObject({ by: z.string(), comment: z.string(), timestamp: instant })

const hush = z.strictObject({ id: z.string(), by: z.string(), comment: z.string(), until: instant })

/** An alert as the API shows it. */
export interface AlertJson {
  readonly id: string
  readonly target: string
  readonly component: string
  readonly series: string | null
  readonly policy: string
  readonly kind: FiringAlert['kind']
  readonly status: 'active' | 'resolved'
  readonly severity: AlertSeverity
  readonly worst_severity: AlertSeverity
  readonly since: string
  readonly fired: string
  readonly resolved: string | null
  readonly resolved_by: string | null
  readonly duration_ms: number
  readonly stale: boolean
  readonly acknowledged: {
    readonly by: string
    readonly comment: string
    readonly timestamp: string
  } | null
  readonly silenced: {
    readonly id: string
    readonly by: string
    readonly comment: string
    readonly until: string
  } | null
  readonly evidence: EvidenceJson
}

/** Of every alert; one that is asked for alone has its timeline, too. */
export const alertShape: { readonly [K in keyof AlertJson]: z.ZodType<AlertJson[K]> } = {
  id: z.string().describe('The same from its first second over the threshold to its end.'),
  target: z.string(),
  component: z.string(),
  series: z.string().nullable(),
  policy: z.string(),
  kind: z.enum(['ratio', 'burn_rate']).describe('Of the policy.'),
  status: z.enum(['active', 'resolved']),
  severity: alertSeverity.describe('Now, or when it was resolved.'),
  worst_severity: alertSeverity,
  since: instant.describe('The first second over the threshold.'),
  fired: instant,
  resolved: instant.nullable(),
  resolved_by: z.string().nullable().describe('null: the target recovered.'),
  duration_ms: milliseconds.describe('From firing to its resolution, or until now.'),
  stale: z.boolean().describe('It fires, and nothing was measured for an hour or more.'),
  acknowledged: acknowledgement.nullable(),
  silenced: hush.nullable().describe('The silence that keeps it quiet now.'),
  evidence: evidenceSchema,
}

export const alertSchema: z.ZodType<AlertJson> = z.strictObject(alertShape).register(named, { id: 'Alert' })

export function alertJson(alert: FiringAlert | ResolvedAlert, watch: AlertWatch, atMs: number): AlertJson {
  const { id, target, component, series = null, policy, kind, severity, worst, sinceMs, firedMs } = alert
  const resolved = alert.state === 'resolved' ? alert : undefined
  return {
    ...{ id, target, component, series, policy, kind },
    status: resolved === undefined ? 'active' : 'resolved',
    severity,
    worst_severity: worst,
    since: iso(sinceMs),
    fired: iso(firedMs),
    resolved: resolved === undefined ? null : iso(resolved.resolvedMs),
    resolved_by: resolved?.resolvedBy ?? null,
    duration_ms: ms(Math.max(0, (resolved?.resolvedMs ?? atMs) - firedMs)),
    stale: alert.state === 'firing' && alert.stale,
    acknowledged: acknowledgementJson(alert),
    silenced: resolved === undefined ? silencedJson(alert, watch, atMs) : null,
    evidence: evidenceJson(alert.evidence),
  }
}

/** All that fire now, the most severe first, then the one that fired last. */
export function activeAlerts(watch: AlertWatch, atMs: number): AlertJson[] {
  const urgency = (alert: FiringAlert): number => (alert.severity === 'CRITICAL' ? 0 : 1)
  return watch.book.firing
    .toSorted((one, other) => urgency(one) - urgency(other) || other.firedMs - one.firedMs)
    .map((alert) => alertJson(alert, watch, atMs))
}

function acknowledgementJson({ acknowledged }: FiringAlert | ResolvedAlert): AlertJson['acknowledged'] {
  if (acknowledged === undefined) return null
  const { by, comment, atMs } = acknowledged
  return { by, comment, timestamp: iso(atMs) }
}

function silencedJson(
  { id, target, component, policy, severity }: FiringAlert | ResolvedAlert,
  watch: AlertWatch,
  atMs: number,
): AlertJson['silenced'] {
  const subject = { alert: id, target, component, policy, severity }
  const silence = watch.book
    .silences(atMs)
    .find(({ fromMs, match }) => fromMs <= atMs && matching(match)(subject))
  if (silence === undefined) return null
  return { id: silence.id, by: silence.by, comment: silence.comment, until: iso(silence.untilMs) }
}
