import { z } from 'zod'
import { type ComponentHealth, health as healthOf } from '../../report/health.ts'
import { runtimeReport } from '../../report/runtime.ts'
import { activeAlerts, alertSchema } from '../alert-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { graceJson, graceSchema } from '../grace-json.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { runtimeJson, runtimeSchema } from '../runtime-json.ts'
import { count, healthStatus, letter, named, percentage, severity, verdictStatus } from '../schemas.ts'
import { verdictJson } from '../verdict-json.ts'

const component = z
  .strictObject({
    grade: letter.nullable(),
    grade_range: z.array(letter).length(2).readonly().nullable(),
    low_confidence: z.boolean().nullable(),
    target_compliance: percentage.nullable(),
    status: z.union([verdictStatus, z.literal('no_target')]),
    severity: severity.nullable(),
    n: count.nullable(),
    reason: z.string(),
  })
  .register(named, { id: 'ComponentHealth' })

export const health: Endpoint = endpoint({
  path: '/health',
  name: 'health',
  summary: 'How the service and its components are',
  description:
    'A judgement of performance, not a liveness probe: the status code is 200 whenever Yardstick answers, however ' +
    'slow the service is.',
  windowed: true,
  response: z
    .strictObject({
      ...windowHeadShape,
      overall_status: healthStatus,
      overall_grade: letter.nullable(),
      component_health: z.record(z.string(), component),
      runtime: runtimeSchema,
      active_alerts: z.array(alertSchema).describe('The most severe first.'),
      grace: graceSchema,
    })
    .register(named, { id: 'Health' }),
  answer: ({ snapshot, watch, window: ask }) => {
    const window = ask()
    const { status, components } = healthOf(window)
    return {
      ...windowHead(snapshot, window),
      overall_status: status,
      overall_grade: window.overall.letter,
      component_health: Object.fromEntries(
        components.map((entry) => [entry.component, componentJson(entry)]),
      ),
      runtime: runtimeJson(runtimeReport(window)),
      active_alerts: activeAlerts(watch, snapshot.atMs),
      grace: graceJson(watch, snapshot.atMs),
    }
  },
})

function componentJson({ verdict }: ComponentHealth): z.infer<typeof component> {
  if (verdict === undefined) return NO_TARGET
  const { grade, grade_range, low_confidence, compliance_percentage, status, severity, n, reason } =
    verdictJson(verdict)
  return {
    grade,
    grade_range,
    low_confidence,
    target_compliance: compliance_percentage,
    status,
    severity,
    n,
    reason,
  }
}

const NO_TARGET = {
  grade: null,
  grade_range: null,
  low_confidence: null,
  target_compliance: null,
  status: 'no_target',
  severity: null,
  n: null,
  reason: 'no target for the whole component',
} as const
