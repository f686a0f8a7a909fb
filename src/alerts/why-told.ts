import { iso } from '../ground/instant.ts'
import type { AlertSeverity } from './alert.ts'
import { matching, type Subject } from './matcher.ts'
import { remarked } from './remarked.ts'
import type { AlertWatch } from './watch.ts'
import type { WhyCondition } from './why-condition.ts'

/** An alert as it is or would be, once for every severity that it may have. */
export type Subjects = readonly [Severe, ...Severe[]]

type Severe = Subject & { readonly severity: AlertSeverity }

/** Whether a silence keeps it quiet, whatever its severity. */
export function notSilenced(watch: AlertWatch, subjects: Subjects, atMs: number): WhyCondition {
  const name = 'not_silenced'
  const silences = watch.book.silences(atMs).filter(({ fromMs }) => fromMs <= atMs)
  const found = subjects.map((subject) => silences.find(({ match }) => matching(match)(subject)))
  const texts = found.map((silence) => {
    if (silence === undefined) return 'not silenced'
    const { id, by, untilMs, comment } = silence
    return remarked(`silenced by ${by} until ${iso(untilMs)} (${id})`, comment)
  })
  return { name, holds: found.includes(undefined), text: bySeverity(subjects, texts) }
}

/** Whether any notifier hears of it. */
export function routed(watch: AlertWatch, subjects: Subjects): WhyCondition {
  const name = 'routed'
  if (watch.options.routes.length === 0) return { name, holds: false, text: 'no notifier is configured' }
  const hearing = subjects.map((subject) => watch.hearing(subject))
  const sole = subjects.length === 1 ? ` as a ${subjects[0].severity}` : ''
  const texts = hearing.map((notifiers) =>
    notifiers.length > 0 ? `told to ${notifiers.join(', ')}` : `no notifier hears of it${sole}`,
  )
  return { name, holds: hearing.some(({ length }) => length > 0), text: bySeverity(subjects, texts) }
}

/** `told to ops as a CRITICAL, no notifier hears of it as a WARNING`; what is so for all severities is said once. */
function bySeverity(subjects: Subjects, texts: readonly string[]): string {
  return new Set(texts).size === 1
    ? texts[0]!
    : texts.map((text, at) => `${text} as a ${subjects[at]!.severity}`).join(', ')
}
