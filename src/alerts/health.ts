import type { Target } from '../targets/target.ts'
import type { Verdict } from '../targets/verdict.ts'
import type { TargetEvent } from './event.ts'
import type { Evidence } from './evidence.ts'
import type { Missed } from './missed.ts'

/** What a target is looked at with. */
export interface HealthLook {
  readonly atMs: number
  /** How long the ratio has to be under 1. */
  readonly successAfterMs: number
  readonly spell: (sinceMs: number) => string
  readonly evidence: (sinceMs: number) => Evidence
  /** Notifiers that are to hear of a success. */
  readonly awaitedBy: () => readonly string[]
}

const NONE: readonly TargetEvent[] = []

/** Follows "target met again", whether or not an alert fires. A second about which nothing is known breaks the hold. */
export function followed(
  missed: Missed | undefined,
  verdict: Verdict,
  look: HealthLook,
): readonly TargetEvent[] {
  const met = verdict.status === 'met'
  if (missed === undefined) {
    if (verdict.status !== 'missed') return NONE
    const { id: target } = verdict.target
    const spell = look.spell(look.atMs)
    return [{ id: `${spell}.missed`, atMs: look.atMs, target, spell, type: 'missed' }]
  }
  const { atMs } = look
  const { target, spell, meetingFromMs } = missed
  const turned = (type: 'meeting' | 'faltered'): readonly TargetEvent[] => [
    { id: `${spell}.${type}.${atMs}`, atMs, target, spell, type },
  ]
  if (!met) return meetingFromMs === undefined ? NONE : turned('faltered')
  // By a clock that has been set back since: it begins anew.
  if (meetingFromMs !== undefined && meetingFromMs > atMs) return turned('faltered')
  if (meetingFromMs === undefined && look.successAfterMs > 0) return turned('meeting')
  if (atMs - (meetingFromMs ?? atMs) < look.successAfterMs) return NONE
  return [success(missed, verdict.target, look)]
}

function success(missed: Missed, { component, series }: Target, look: HealthLook): TargetEvent {
  const { target, spell, sinceMs } = missed
  const awaitedBy = look.awaitedBy()
  return {
    id: `${spell}.success`,
    atMs: look.atMs,
    target,
    spell,
    type: 'success',
    missedMs: look.atMs - sinceMs,
    component,
    ...(series === undefined ? {} : { series }),
    evidence: look.evidence(sinceMs),
    ...(awaitedBy.length === 0 ? {} : { awaitedBy }),
  }
}

/** The state after an event; `undefined`: not missed. */
export function healthAfter(missed: Missed | undefined, event: TargetEvent): Missed | undefined {
  const { target, spell, atMs } = event
  if (event.type === 'missed') return missed?.spell === spell ? missed : { target, spell, sinceMs: atMs }
  if (missed?.spell !== spell) return missed
  switch (event.type) {
    case 'meeting':
      return { ...missed, meetingFromMs: missed.meetingFromMs ?? atMs }
    case 'faltered': {
      const { meetingFromMs: _, ...rest } = missed
      return rest
    }
    case 'success':
      return undefined
  }
}
