import type { Evidence } from '../../alerts/evidence.ts'
import type { Notice } from '../../alerts/notice.ts'

/** A notice that tries a notifier out: every part filled, with figures that are plainly made up. */
export function testNotice(of: {
  readonly id: string
  readonly service: string
  readonly atMs: number
  readonly url?: string
}): Notice {
  const { id, service, atMs, url } = of
  return {
    id,
    reason: 'test',
    summary: 'this is a test: notices of Yardstick get through',
    service,
    atMs,
    severity: 'WARNING',
    group: `test ${id}`,
    alerts: [
      {
        id,
        target: 'example target',
        component: 'database',
        policy: 'ratio',
        state: 'firing',
        severity: 'WARNING',
        firedMs: atMs,
        evidence: example(atMs),
      },
    ],
    ...(url === undefined ? {} : { url }),
  }
}

function example(atMs: number): Evidence {
  return {
    atMs,
    sinceMs: atMs - 12_000,
    window: '1min',
    indicator: { kind: 'latency', percentile: 0.95, limitMs: 25, valueMs: 40 },
    ratio: 1.6,
    n: 1_200,
    bad: 120,
    compliance: 90,
    contributors: [{ series: 'example_query', bad: 90, n: 400, share: 0.75, p95Ms: 48 }],
    inFlight: 3,
    users: 20,
  }
}
