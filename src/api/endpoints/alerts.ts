import { z } from 'zod'
import type { AlertSeverity } from '../../alerts/alert.ts'
import { type AlertHistory, alertHistory, latestFirst } from '../../alerts/history.ts'
import { alertJson, alertSchema } from '../alert-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { graceJson, graceSchema } from '../grace-json.ts'
import { head, headShape } from '../head.ts'
import { count, named } from '../schemas.ts'
import { since, sinceOr7Days } from '../since.ts'

const DAY_MS = 86_400_000
const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 500

const query = z.object({
  status: z.enum(['active', 'resolved', 'all']).optional().describe('one of active (default), resolved, all'),
  severity: z.enum(['WARNING', 'CRITICAL']).optional().describe('one of WARNING, CRITICAL'),
  component: z.string().min(1).max(200).optional().describe('the name of a component'),
  since,
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .refine((text) => Number(text) <= LARGEST_LIMIT)
    .optional()
    .describe(`a number from 1 to ${LARGEST_LIMIT}; default ${DEFAULT_LIMIT}`),
  cursor: z
    .string()
    .max(200)
    .refine((text) => place(text) !== undefined)
    .optional()
    .describe('the next_cursor of an answer'),
})

export const alerts: Endpoint = endpoint({
  path: '/alerts',
  name: 'alerts',
  summary: 'Alerts',
  description:
    'Those that fire now, or with `status` those that were resolved since `since` (7 days ago), the one that fired ' +
    'last first. The order is stable: pages that follow a cursor neither repeat nor skip an alert.',
  windowed: false,
  query,
  response: z
    .strictObject({
      ...headShape,
      alerts: z.array(alertSchema),
      total: count.describe('On all pages.'),
      next_cursor: z.string().nullable().describe('For the next page; null: this is the last one.'),
      grace: graceSchema,
    })
    .register(named, { id: 'Alerts' }),
  answer: async ({ snapshot, watch, desk, query: asked }) => {
    const { status = 'active', severity, component, limit = String(DEFAULT_LIMIT), cursor } = asked
    const { atMs } = snapshot
    const fromMs = sinceOr7Days(asked.since, atMs)
    const active = watch.book.firing.map((alert): Pick<AlertHistory, 'alert'> => ({ alert }))
    // What fired before is known from its own events or from the checkpoint of an hour, of which a day has some.
    const span = { fromMs: fromMs - DAY_MS, toMs: Number.MAX_SAFE_INTEGER }
    const known = status === 'active' ? [] : alertHistory(await desk.events(span))
    const ended = known.filter(({ alert }) => alert.state === 'resolved' && alert.resolvedMs > fromMs)
    const wanted = [...(status === 'resolved' ? [] : active), ...ended]
      .filter(({ alert }) => severity === undefined || severityOf(alert) === severity)
      .filter(({ alert }) => component === undefined || alert.component === component)
      .filter(
        ({ alert }) => asked.since === undefined || alert.state === 'resolved' || alert.firedMs > fromMs,
      )
      .sort(latestFirst)
    const after = cursor === undefined ? undefined : place(cursor)!
    const rest = wanted.filter((each) => after === undefined || latestFirst(after, each) < 0)
    const page = rest.slice(0, Number(limit))
    return {
      ...head(snapshot),
      alerts: page.map(({ alert }) => alertJson(alert, watch, atMs)),
      total: wanted.length,
      next_cursor: page.length < rest.length ? cursorAt(page.at(-1)!) : null,
      grace: graceJson(watch, atMs),
    }
  },
})

/** Of what is over, how bad it was. */
function severityOf(alert: AlertHistory['alert']): AlertSeverity {
  return alert.state === 'resolved' ? alert.worst : alert.severity
}

function cursorAt({ alert: { firedMs, id } }: Pick<AlertHistory, 'alert'>): string {
  return Buffer.from(`${firedMs}.${id}`).toString('base64url')
}

function place(
  cursor: string,
): { readonly alert: { readonly firedMs: number; readonly id: string } } | undefined {
  const parts = /^(\d{1,16})\.([0-9a-f]{1,40})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return parts === null ? undefined : { alert: { firedMs: Number(parts[1]), id: parts[2]! } }
}
