import type { AlertEvent } from '../../alerts/event.ts'
import { eventText } from '../../alerts/event-text.ts'
import { formatDuration } from '../../ground/duration.ts'
import { iso } from '../../ground/instant.ts'
import { aligned } from '../card/aligned.ts'
import type { ReplayedHistory } from './stored-history.ts'
import type { Stretch } from './stretches.ts'

/** Holds that came to nothing are left out: of a day there are too many. */
const SHOWN: ReadonlySet<AlertEvent['type']> = new Set([
  'fired',
  'escalated',
  'de_escalated',
  'resolved',
  'stale',
  'silenced',
  'silence_ended',
  'maintenance_added',
  'maintenance_removed',
  'changed',
  'started',
  'said',
])

/** What would have fired and when, from what, and what did. */
export function historyText(history: ReplayedHistory): string {
  const { service, fromMs, toMs, events, notices, stored, would, did } = history
  const told = events.flatMap((event) => {
    const text = SHOWN.has(event.type) ? eventText(event) : undefined
    return text === undefined ? [] : [`${iso(event.atMs)}  ${text}`]
  })
  return [
    ...told,
    ...(told.length > 0 ? [''] : []),
    `${service}, ${iso(fromMs)} to ${iso(toMs)}`,
    '',
    ...aligned([['STORED AS', 'FROM', 'TO', 'WHAT THAT MEANS'], ...stored.map(stretchRow)]),
    '',
    ...comparison(history),
    `${would.fired} would have fired, ${did.fired} did; ${notices.length} notices would have been sent`,
  ].join('\n')
}

function stretchRow({ fromMs, toMs, tierMs }: Stretch): readonly string[] {
  const name = tierMs === undefined ? 'nothing' : formatDuration(tierMs)
  return [name, iso(fromMs), iso(toMs), meaning(tierMs)]
}

function meaning(tierMs: number | undefined): string {
  if (tierMs === undefined) return 'nothing was saved: what fired goes on, nothing new fires'
  if (tierMs <= 1_000) return 'as the service saw it'
  if (tierMs <= 60_000)
    return `what happened shows at the end of its ${formatDuration(tierMs)}: up to that late`
  return 'spread evenly over its minutes: what was shorter is evened out, times are right to 15 min'
}

function comparison({ would, did }: ReplayedHistory): readonly string[] {
  const targets = [...new Set([...would.targets, ...did.targets].map(({ target }) => target))].sort()
  if (targets.length === 0) return []
  const cells = (of: typeof would, target: string): readonly string[] => {
    const found = of.targets.find((each) => each.target === target)
    return [String(found?.fired ?? 0), found === undefined ? '–' : formatDuration(found.firingMs)]
  }
  return [
    ...aligned([
      ['TARGET', 'WOULD HAVE FIRED', 'FIRING FOR', 'DID FIRE', 'FIRING FOR'],
      ...targets.map((target) => [target, ...cells(would, target), ...cells(did, target)]),
    ]),
    '',
  ]
}
