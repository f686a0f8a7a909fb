import { type Check, fields, figure, list, literal, maybe, text, time } from '../ground/check.ts'
import type { Notice } from './notice.ts'
import { evidence } from './stored-event.ts'

const severity = literal('SUCCESS', 'WARNING', 'CRITICAL')

const notice: Check = fields({
  id: text,
  reason: text,
  summary: text,
  title: maybe(text),
  service: text,
  group: text,
  atMs: time,
  severity,
  url: maybe(text),
  about: maybe(figure),
  alerts: list(
    fields({
      id: text,
      target: text,
      component: text,
      policy: text,
      policyName: maybe(text),
      state: text,
      severity,
      firedMs: time,
      resolvedMs: maybe(time),
      resolvedBy: maybe(text),
      evidence,
    }),
  ),
})

/** What a store gave, as a notice; `undefined` where it is none. */
export function storedNotice(data: unknown): Notice | undefined {
  return notice(data) ? (data as Notice) : undefined
}
