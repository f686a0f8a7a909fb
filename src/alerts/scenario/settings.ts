import { parseCron } from '../cron.ts'
import { burnRatePolicy, defaultRoute, ratioPolicy } from '../options.ts'
import type { Route } from '../route.ts'
import { isTimeZone } from '../time-zone.ts'
import type { Draft } from './draft.ts'
import { termOf } from './targets.ts'
import type { Words } from './words.ts'

/** `start 2026-03-28T00:00:00Z`: when the scenario begins; default 2026-01-01. */
export function start(words: Words, draft: Draft): void {
  const text = words.word('a time such as 2026-03-28T00:00:00Z')
  draft.startMs = Date.parse(text)
  if (!Number.isFinite(draft.startMs)) words.wrong(`a time such as 2026-03-28T00:00:00Z instead of ${text}`)
}

/** `policy ratio warning 1.5, critical 2, hold 10s` or `policy burn_rate`. */
export function policy(words: Words, draft: Draft): void {
  const kind = words.choice(['ratio', 'burn_rate'])
  let terms = {}
  while (!words.ended) {
    words.take(',')
    terms = { ...terms, ...termOf(words) }
  }
  draft.policies.push({ ...(kind === 'ratio' ? ratioPolicy : burnRatePolicy), ...terms })
}

/** `route pager from CRITICAL, of orders, group by alert, wait 5s, repeat 1h, success always`. */
export function route(words: Words, draft: Draft): void {
  let made: Route = defaultRoute(words.word('the name of a notifier'))
  while (!words.ended) {
    words.take(',')
    if (words.take('from')) made = { ...made, from: words.choice(['WARNING', 'CRITICAL']) }
    else if (words.take('of')) made = { ...made, match: [{ targets: [words.word('a target')] }] }
    else if (words.take('group', 'by'))
      made = { ...made, groupBy: words.choice(['alert', 'target', 'component', 'service']) }
    else if (words.take('wait')) made = { ...made, groupWaitMs: words.durationMs() }
    else if (words.take('repeat')) made = { ...made, repeatMs: words.durationMs() }
    else if (words.take('success'))
      made = { ...made, success: words.choice(['after_alert', 'always', 'never']) }
    else words.wrong('from, of, group by, wait, repeat or success')
  }
  draft.routes.push(made)
}

/** `grace start 1m, change 2m, maintenance 2m`. */
export function grace(words: Words, draft: Draft): void {
  const names = { start: 'afterStart', change: 'afterChange', maintenance: 'afterMaintenance' } as const
  do draft.graceMs[names[words.choice(['start', 'change', 'maintenance'])]] = words.durationMs()
  while (words.take(','))
}

/** `maintenance night "30 2 * * *" for 1h in Europe/Berlin [of orders]`. */
export function maintenance(words: Words, draft: Draft): void {
  const name = words.word('a name')
  const cron = words.word('five fields in quotes')
  if (parseCron(cron) === undefined) words.wrong(`five fields of cron instead of "${cron}"`)
  words.need('for')
  const durationMs = words.durationMs()
  const timeZone = zoneOf(words)
  const match = words.take('of') ? { targets: [words.word('a target')] } : {}
  draft.maintenance.push({ kind: 'recurring', name, match, cron, durationMs, timeZone })
}

/** `quiet hours 22:00 to 07:00 in Europe/Berlin`. */
export function quietHours(words: Words, draft: Draft): void {
  words.need('hours')
  const fromMinute = minuteOfDay(words)
  words.need('to')
  const untilMinute = minuteOfDay(words)
  draft.quietHours.push({ fromMinute, untilMinute, timeZone: zoneOf(words) })
}

function minuteOfDay(words: Words): number {
  const text = words.word('a time of day such as 22:00')
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hour === undefined) words.wrong(`a time of day such as 22:00 instead of ${text}`)
  return 60 * Number(hour) + Number(minute)
}

function zoneOf(words: Words): string {
  if (!words.take('in')) return 'UTC'
  const name = words.word('a time zone such as Europe/Berlin')
  if (!isTimeZone(name)) words.wrong(`a time zone such as Europe/Berlin instead of ${name}`)
  return name
}
