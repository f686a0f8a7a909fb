import type { HumanEvent } from './event.ts'
import { idOf } from './identity.ts'
import type { Maintenance } from './maintenance.ts'
import type { Matcher } from './matcher.ts'

interface Command {
  readonly atMs: number
  readonly by: string
}

/** Somebody has seen an alert and looks after it: it is not repeated any more; getting worse is still told. */
export function acknowledging(
  command: Command & { readonly alert: string; readonly comment: string },
): HumanEvent {
  const { atMs, by, alert, comment } = command
  return { type: 'acknowledged', id: idOf('acknowledged', alert, by, atMs), atMs, alert, by, comment }
}

/**
 * @example
 * silencing({ atMs, by: 'ann', comment: 'disk is being replaced', match: { components: ['database'] }, untilMs })
 */
export function silencing(
  command: Command & {
    readonly comment: string
    readonly match: Matcher
    /** Default: now. */
    readonly fromMs?: number
    readonly untilMs: number
  },
): Extract<HumanEvent, { readonly type: 'silenced' }> {
  const { atMs, by, comment, match, fromMs = atMs, untilMs } = command
  const id = idOf('silence', by, comment, JSON.stringify(match), fromMs, untilMs, atMs)
  return {
    type: 'silenced',
    id: `${id}.silenced`,
    atMs,
    silence: { id, match, fromMs, untilMs, by, comment },
  }
}

export function endingSilence(command: Command & { readonly silence: string }): HumanEvent {
  const { atMs, by, silence } = command
  return { type: 'silence_ended', id: `${silence}.ended`, atMs, silence, by }
}

export function addingMaintenance(command: Command & { readonly maintenance: Maintenance }): HumanEvent {
  const { atMs, by, maintenance } = command
  const id = idOf('maintenance', JSON.stringify(maintenance), by, atMs)
  return { type: 'maintenance_added', id, atMs, maintenance, by }
}

export function removingMaintenance(command: Command & { readonly name: string }): HumanEvent {
  const { atMs, by, name } = command
  return {
    type: 'maintenance_removed',
    id: idOf('maintenance_removed', name, by, atMs),
    atMs,
    maintenance: name,
    by,
  }
}

/** A deploy or a named fix. */
export function changing({ atMs, name }: { readonly atMs: number; readonly name: string }): HumanEvent {
  return { type: 'changed', id: idOf('changed', name, atMs), atMs, name }
}

/** The service started: not its engine's thread, not a replica beside others that run already. */
export function starting({ atMs }: { readonly atMs: number }): HumanEvent {
  return { type: 'started', id: idOf('started', atMs), atMs }
}
