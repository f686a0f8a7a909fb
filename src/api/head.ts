import { z } from 'zod'
import type { Snapshot, WindowSnapshot } from '../engine/snapshot.ts'
import { iso } from '../ground/instant.ts'
import type { WindowName } from '../measure/window.ts'
import { count, instantMs, timestamp, windowName } from './schemas.ts'

/** Fields that every answer from a cycle begins with. */
export interface HeadJson {
  readonly timestamp: string
  readonly service: string
  readonly cycle: number
  readonly coverage: 'service' | 'instance'
  readonly coverage_reason: string | null
}

export interface WindowHeadJson extends HeadJson {
  readonly window: WindowName
  readonly from_ms: number
  readonly to_ms: number
}

type Shape<T> = { readonly [K in keyof T]: z.ZodType<T[K]> }

export const headShape: Shape<HeadJson> = {
  timestamp,
  service: z.string(),
  cycle: count.describe('Answers of the same cycle never disagree.'),
  coverage: z
    .enum(['service', 'instance'])
    .describe('Whose figures these are: of all processes of the service, or of the one that answers.'),
  coverage_reason: z.string().nullable().describe('Why of one process only; null for the service.'),
}

export const windowHeadShape: Shape<WindowHeadJson> = {
  ...headShape,
  window: windowName,
  from_ms: instantMs.describe('The counts are exact for the span after this instant …'),
  to_ms: instantMs.describe('… up to this one.'),
}

export function head(snapshot: Snapshot): HeadJson {
  const { atMs, service, cycle, coverage } = snapshot
  const reason = coverage.kind === 'service' ? null : coverage.reason
  return { timestamp: iso(atMs), service, cycle, coverage: coverage.kind, coverage_reason: reason }
}

export function windowHead(snapshot: Snapshot, window: WindowSnapshot): WindowHeadJson {
  return { ...head(snapshot), window: window.name, from_ms: window.fromMs, to_ms: window.toMs }
}
