import type { Slice } from '../../measure/slice.ts'
import { limits } from '../../targets/limits.ts'
import { acknowledging, changing, silencing, starting } from '../commands.ts'
import type { AlertEvent } from '../event.ts'
import { eventText } from '../event-text.ts'
import { countsOf, type Operations } from '../operations.ts'
import { type Reading, Replay, type ReplayedNotice, type Second } from '../replay.ts'
import { ruled } from './ruling.ts'
import type { Check, Command, Scenario } from './scenario.ts'

export interface CheckResult {
  readonly line: number
  readonly text: string
  readonly passed: boolean
  /** What was so instead, and when; absent when it passed. */
  readonly got?: string
}

export interface ScenarioResult {
  readonly passed: boolean
  readonly checks: readonly CheckResult[]
  /** What happened, in words. */
  readonly timeline: readonly { readonly offsetMs: number; readonly text: string }[]
  readonly events: readonly AlertEvent[]
  readonly notices: readonly ReplayedNotice[]
}

const SECOND_MS = 1000

/** Plays a scenario, a second at a time, through the real windows, verdicts and alerts, and rules on its checks. */
export function runScenario(scenario: Scenario): ScenarioResult {
  const { startMs, targets, options, checks, commands, lengthMs } = scenario
  const replay = new Replay({ service: 'scenario', targets, options, startMs })
  const notices: (ReplayedNotice & { readonly offsetMs: number })[] = []
  const timeline: { readonly offsetMs: number; readonly text: string }[] = []
  const failures = new Map<Check, string>()
  const checkedMs = new Map<string, number>()
  const arriving = arrivals(scenario)
  let told = 0
  let commanded = 0

  const rule = (check: Check, offsetMs: number, second: Second): void => {
    if (failures.has(check)) return
    const sinceMs = checkedMs.get(check.target) ?? 0
    const got = ruled(check, { second, replay, notices, sinceMs, startMs })
    if (got !== undefined)
      failures.set(check, offsetMs === check.untilMs ? got : `${got} (at ${offsetMs / 1000} s)`)
    if (offsetMs === check.untilMs) checkedMs.set(check.target, offsetMs)
  }

  for (let offsetMs = 0; offsetMs <= lengthMs; offsetMs += SECOND_MS) {
    for (; (commands[commanded]?.atMs ?? Number.POSITIVE_INFINITY) <= offsetMs; commanded++)
      act(replay, commands[commanded]!, startMs + offsetMs)
    const second = replay.second({ atMs: startMs + offsetMs, slices: arriving(offsetMs) })
    notices.push(...second.notices.map((notice) => ({ ...notice, offsetMs })))
    for (; told < replay.events.length; told++) {
      const text = eventText(replay.events[told]!)
      if (text !== undefined) timeline.push({ offsetMs, text })
    }
    const now = checks.filter(({ fromMs, untilMs }) => fromMs <= offsetMs && offsetMs <= untilMs)
    for (const check of now) rule(check, offsetMs, second)
  }
  const results = checks.map((check): CheckResult => {
    const { line, text } = check
    const got = failures.get(check)
    return got === undefined ? { line, text, passed: true } : { line, text, passed: false, got }
  })
  const passed = failures.size === 0
  return { passed, checks: results, timeline, events: replay.events, notices }
}

/** What a scenario's loads bring, second by second: for `simulate`. */
export function* readingsOf(scenario: Scenario): Generator<Reading> {
  const arriving = arrivals(scenario)
  for (let offsetMs = 0; offsetMs <= scenario.lengthMs; offsetMs += SECOND_MS)
    yield { atMs: scenario.startMs + offsetMs, slices: arriving(offsetMs) }
}

/** What comes in the second that ends at an instant: of each interval's operations an even share. */
function arrivals({ loads, targets }: Scenario): (offsetMs: number) => readonly Slice[] {
  const limitsOf = limits(targets)
  const limited = loads.map((load) => ({ load, limitsMs: limitsOf(load.component, load.series) }))
  return (offsetMs) =>
    limited.flatMap(({ load, limitsMs }) => {
      const { component, series, fromMs, untilMs, everyMs, operations } = load
      if (offsetMs <= fromMs || offsetMs > untilMs) return []
      const shares = operations.map((each): Operations => {
        const doneBy = (ms: number): number => Math.floor((ms * each.count) / everyMs + 1e-9)
        return { ...each, count: doneBy(offsetMs - fromMs) - doneBy(offsetMs - fromMs - SECOND_MS) }
      })
      if (shares.every(({ count }) => count === 0)) return []
      return [{ component, name: series, nested: false, counts: countsOf(shares, limitsMs) }]
    })
}

function act(replay: Replay, command: Command, atMs: number): void {
  if (command.kind === 'restart') replay.restart()
  else for (const event of eventsOf(replay, command, atMs)) replay.apply(event)
}

function eventsOf({ watch }: Replay, command: Command, atMs: number): readonly AlertEvent[] {
  if (command.kind === 'restart') return []
  if (command.kind === 'start') return [starting({ atMs })]
  if (command.kind === 'change') return [changing({ atMs, name: command.name })]
  if (command.kind === 'silence') {
    const { by, comment, target, forMs } = command
    return [silencing({ atMs, by, comment, match: { targets: [target] }, untilMs: atMs + forMs })]
  }
  const { by, target } = command
  const firing = watch.book.firing.filter((alert) => alert.target === target)
  return firing.flatMap(({ id: alert }) =>
    command.kind === 'acknowledge'
      ? acknowledging({ atMs, by, alert, comment: command.comment })
      : (watch.resolving({ alert, by, atMs }) ?? []),
  )
}
