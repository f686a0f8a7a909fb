import { BETWEEN_WORDS } from '../ground/figure-space.ts'
import { readAlert, readAlerts } from './card/alert-reader.ts'
import { alertLines, alertPieces } from './card/alerts.ts'
import { hung, wrapped } from './card/columns.ts'
import { graceText } from './card/grace.ts'
import { Json } from './card/json.ts'
import type { Paper } from './card/table.ts'
import type { Found } from './found.ts'
import type { PlaceOptions } from './place.ts'
import { type Job, type Parts, runPart } from './run-part.ts'
import { whoIs } from './who-is.ts'

export interface AlertsOptions extends PlaceOptions {
  readonly status?: string
  readonly severity?: string
  readonly component?: string
  readonly since?: string
  readonly by?: string
  readonly comment?: string
}

const PARTS: Parts<AlertsOptions> = {
  list,
  show: async ({ ask, subject, paper }) => {
    const json = await ask(`alerts/${encodeURIComponent(subject)}`)
    return { json, lines: timelineOf(json, paper) }
  },
  ack: async ({ tell, subject, options, paper }) => {
    const comment = options.comment === undefined ? {} : { comment: options.comment }
    const path = `alerts/${encodeURIComponent(subject)}/acknowledge`
    const json = await tell('POST', path, { by: whoIs(options), ...comment })
    return { json, lines: timelineOf(json, paper) }
  },
  resolve: async ({ tell, subject, options, paper }) => {
    const path = `alerts/${encodeURIComponent(subject)}/resolve`
    const json = await tell('POST', path, { by: whoIs(options) })
    return { json, lines: timelineOf(json, paper) }
  },
  retry: async ({ tell }) => {
    const json = await tell('POST', 'notifiers/retry', {})
    const count = new Json(json).at('retried').count()
    return {
      json,
      lines: [count === 1 ? '1 notice is on its way again' : `${count} notices are on their way again`],
    }
  },
  test: async ({ tell, subject }) => {
    const json = await tell('POST', `notifiers/${encodeURIComponent(subject)}/test`, {})
    return { json, lines: [`${new Json(json).at('notifier').text()} delivered a test notice`] }
  },
}

/** Runs one part of `yardstick alerts`, as `runPart` does. */
export function runAlerts(part: string, subject: string, options: AlertsOptions): Promise<number> {
  return runPart(PARTS, part, subject, options)
}

async function list({ ask, options, paper }: Job<AlertsOptions>): Promise<Found> {
  const { status = 'active', severity, component, since } = options
  const given = Object.entries({ status, severity, component, since }).filter(
    ([, value]) => value !== undefined,
  )
  const json = await ask('alerts', Object.fromEntries(given) as Readonly<Record<string, string>>)
  const answer = new Json(json)
  const alerts = readAlerts(answer.at('alerts'))
  const rest = answer.at('total').count() - alerts.length
  const lines = [
    ...(alerts.length === 0 ? [status === 'active' ? 'no alert fires' : 'no alerts'] : []),
    // The id stands below: it is what the other parts want, and on the same line it would be cut off.
    ...alerts.flatMap((alert) => [...alertLines([alert], 1, paper), `          ${alert.id}`]),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
    ...wrapped(graceText(answer), paper.width),
  ]
  return { json, lines }
}

function timelineOf(json: unknown, { width }: Paper): readonly string[] {
  const answer = new Json(json)
  const alert = readAlert(answer)
  const entries = answer.at('timeline').list()
  return [
    ...hung(`${alert.severity} ${alert.status}  `, alertPieces(alert), width, ' · '),
    ...entries.flatMap((entry) => {
      const when = `  ${entry.at('timestamp').text().slice(0, 19)}Z  `
      return hung(when, entry.at('text').text().split(BETWEEN_WORDS), width, ' ')
    }),
  ]
}
