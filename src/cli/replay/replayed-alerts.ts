import { type AlertOptions, defaultRoute } from '../../alerts/options.ts'
import type { Settings } from '../../config/settings.ts'

/** Alert rules with a route for every notifier; where there is none, one to show whom anybody would be told. */
export function replayedAlerts({ alerts, notifiers }: Pick<Settings, 'alerts' | 'notifiers'>): AlertOptions {
  const routed = alerts.routes.map(({ notifier }) => notifier)
  const others = Object.keys(notifiers).filter((name) => !routed.includes(name))
  const routes = [...alerts.routes, ...others.map(defaultRoute)]
  return { ...alerts, routes: routes.length === 0 ? [defaultRoute('everybody')] : routes }
}
