import type { Target } from '../../targets/target.ts'
import type { Maintenance } from '../maintenance.ts'
import { type AlertOptions, alertDefaults, defaultRoute } from '../options.ts'
import type { Policy } from '../policy.ts'
import type { QuietHours } from '../quiet-hours.ts'
import type { Route } from '../route.ts'
import type { Check, Command, Load, Scenario } from './scenario.ts'

/** A scenario while its lines are read. */
export class Draft {
  startMs: number = Date.UTC(2026, 0, 1)
  readonly targets: Target[] = []
  readonly policies: Policy[] = []
  readonly routes: Route[] = []
  readonly maintenance: Maintenance[] = []
  readonly quietHours: QuietHours[] = []
  readonly graceMs: Record<keyof AlertOptions['graceMs'], number> = { ...alertDefaults.graceMs }
  readonly loads: Load[] = []
  readonly commands: Command[] = []
  readonly checks: Check[] = []
  /** Until when each target has its load. */
  readonly loadedUntilMs: Map<string, number> = new Map()
  /** Loads that are being repeated, by how often. */
  repeated: { readonly times: number; readonly lines: [text: string, line: number][] } | undefined

  scenario(): Scenario {
    const { startMs, targets, loads, commands, checks, maintenance, quietHours, graceMs } = this
    const ends = [...loads.map(({ untilMs }) => untilMs), ...commands.map(({ atMs }) => atMs)]
    return {
      startMs,
      targets,
      loads,
      commands: [...commands].sort((one, other) => one.atMs - other.atMs),
      checks: [...checks].sort((one, other) => one.untilMs - other.untilMs),
      options: {
        ...alertDefaults,
        graceMs,
        maintenance,
        quietHours,
        policies: this.policies.length === 0 ? alertDefaults.policies : this.policies,
        routes: this.routes.length === 0 ? [defaultRoute('slack')] : this.routes,
      },
      lengthMs: Math.max(0, ...ends, ...checks.map(({ untilMs }) => untilMs)),
    }
  }
}
