import type { Change } from './book-state.ts'
import type { MaintenanceSchedule } from './maintenance.ts'
import { matching, type Subject } from './matcher.ts'
import type { AlertOptions } from './options.ts'

/** What may be configured: maintenance that is over is known for so long. */
export const LONGEST_GRACE_MS = 86_400_000

/** Why nothing may fire now, and until when. */
export interface Grace {
  readonly reason: 'start' | 'change' | 'maintenance'
  readonly untilMs: number
  /** The change's or the maintenance's name. */
  readonly name?: string
  /** The maintenance itself is still under way: nobody is told either. */
  readonly underWay?: true
}

/** One that holds for every target. */
export type ServiceGrace = Grace & { readonly reason: 'start' | 'change' }

/** After a start or a change of the service. */
export function graceOf(
  known: { readonly startedMs: number | undefined; readonly lastChange: Change | undefined },
  { afterStart, afterChange }: AlertOptions['graceMs'],
  atMs: number,
): ServiceGrace | undefined {
  const { startedMs, lastChange } = known
  if (lastChange !== undefined && atMs >= lastChange.atMs && atMs < lastChange.atMs + afterChange)
    return { reason: 'change', untilMs: lastChange.atMs + afterChange, name: lastChange.name }
  if (startedMs !== undefined && atMs >= startedMs && atMs < startedMs + afterStart)
    return { reason: 'start', untilMs: startedMs + afterStart }
  return undefined
}

/** A maintenance with its matcher compiled. */
export interface Planned {
  readonly schedule: MaintenanceSchedule
  readonly covers: (subject: Subject) => boolean
}

export function planned(schedule: MaintenanceSchedule): Planned {
  return { schedule, covers: matching(schedule.maintenance.match) }
}

/** Maintenance that is under way, or over for less than `afterMs`: what it did is still in the windows. */
export function hushing(plans: readonly Planned[], atMs: number, afterMs: number): readonly Planned[] {
  return plans.filter(({ schedule }) => {
    const span = schedule.last(atMs)
    return span !== undefined && atMs < span.untilMs + afterMs
  })
}
