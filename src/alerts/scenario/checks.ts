import type { NoticeReason } from '../notice.ts'
import { targetOf } from './actions.ts'
import type { Draft } from './draft.ts'
import { EVENT_WORDS, type Wanted } from './scenario.ts'
import type { Words } from './words.ts'

const REASONS: readonly NoticeReason[] = [
  'fired',
  'escalated',
  'de_escalated',
  'resolved',
  'success',
  'repeated',
  'stale',
]

/**
 * `eval at 2m20s orders missed, alert pending`, `eval from 2m to 1h orders alert quiet, no notice`. Also `alert firing
 * CRITICAL`, `alert burn_rate firing`, `alert firing stale`, `notice slack "fired"`, `fired 1`, `notices slack 2`.
 */
export function evaluation(words: Words, draft: Draft): void {
  const always = words.take('from')
  if (!always) words.need('at')
  const fromMs = words.durationMs()
  if (always) words.need('to')
  const untilMs = always ? words.durationMs() : fromMs
  const target = targetOf(words, draft)
  const wanted: Wanted[] = []
  do wanted.push(wantedOf(words))
  while (words.take(','))
  draft.checks.push({ line: words.line, text: words.text, fromMs, untilMs, target, wanted })
}

function wantedOf(words: Words): Wanted {
  if (words.take('alert')) return alertOf(words)
  if (words.take('no', 'notice')) {
    return words.ended || words.next === ','
      ? { kind: 'no_notice' }
      : { kind: 'no_notice', notifier: words.word('a notifier') }
  }
  if (words.take('notices')) {
    return { kind: 'notices', notifier: words.word('a notifier'), count: words.number('how many') }
  }
  if (words.take('notice')) {
    const notifier = words.word('a notifier')
    // What Alertmanager calls it.
    if (words.take('first notification')) return { kind: 'notice', notifier, reason: 'fired' }
    return { kind: 'notice', notifier, reason: words.choice(REASONS) }
  }
  const word = words.choice(['met', 'missed', 'unknown', ...EVENT_WORDS])
  if (word === 'met' || word === 'missed' || word === 'unknown') return { kind: 'verdict', status: word }
  return { kind: 'events', type: word, count: words.number('how many') }
}

function alertOf(words: Words): Wanted {
  const policy = words.next === 'ratio' || words.next === 'burn_rate' ? words.word('a policy') : undefined
  const state = words.choice(['quiet', 'pending', 'firing', 'resolved'])
  const { next } = words
  const severity = next === 'WARNING' || next === 'CRITICAL' ? next : undefined
  if (severity !== undefined) words.need(severity)
  return {
    kind: 'alert',
    state,
    ...(policy === undefined ? {} : { policy }),
    ...(severity === undefined ? {} : { severity }),
    ...(words.take('stale') ? { stale: true } : {}),
  }
}
