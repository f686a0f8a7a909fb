import type { SaidEvent } from './event.ts'
import type { NotifierSaid, Told } from './told.ts'

/** What one notifier was told so far: a fold over `said` events, and all that a decision to speak needs to know. */
export class Said {
  readonly notifier: string
  readonly told: Map<string, Told> = new Map()
  readonly groups: Map<string, { readonly group: string; readonly notice: string; readonly atMs: number }> =
    new Map()
  readonly owed: Map<string, { readonly target: string; readonly alert: string; readonly group: string }> =
    new Map()
  readonly successes: Map<string, string> = new Map()

  constructor(notifier: string, state?: NotifierSaid) {
    this.notifier = notifier
    for (const told of state?.told ?? []) this.told.set(told.alert, told)
    for (const group of state?.groups ?? []) this.groups.set(group.group, group)
    for (const owed of state?.owed ?? []) this.owed.set(owed.target, owed)
    for (const { target, event } of state?.successes ?? []) this.successes.set(target, event)
  }

  apply(event: SaidEvent): void {
    const { group, atMs, id: notice } = event
    this.groups.set(group, { group, notice, atMs })
    for (const { resolved, ...told } of event.alerts) {
      const { alert, target } = told
      if (resolved) this.told.delete(alert)
      else {
        this.told.set(alert, { ...told, group })
        this.owed.set(target, { target, alert, group })
      }
    }
    for (const { target, event: success } of event.successes) {
      this.owed.delete(target)
      if (success !== undefined) this.successes.set(target, success)
    }
    // A group that nobody waits for any more begins anew: names of targets must not pile up here.
    const alive = new Set([...this.told.values(), ...this.owed.values()].map((each) => each.group))
    for (const name of this.groups.keys()) if (!alive.has(name)) this.groups.delete(name)
  }

  /** Whether anybody still has to hear of this alert. */
  knows(alert: string): boolean {
    return this.told.has(alert) || [...this.owed.values()].some((owed) => owed.alert === alert)
  }

  state(): NotifierSaid {
    return {
      notifier: this.notifier,
      told: sorted([...this.told.values()], ({ alert }) => alert),
      groups: sorted([...this.groups.values()], ({ group }) => group),
      owed: sorted([...this.owed.values()], ({ target }) => target),
      successes: sorted(
        [...this.successes].map(([target, event]) => ({ target, event })),
        ({ target }) => target,
      ),
    }
  }
}

/** In the order of their names, by code unit: the same everywhere. */
export function sorted<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return [...items].sort((one, other) =>
    nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0,
  )
}
