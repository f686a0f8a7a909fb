import type { Endpoint } from './endpoint.ts'
import { acknowledgeAlert } from './endpoints/acknowledge-alert.ts'
import { addChange } from './endpoints/add-change.ts'
import { addMaintenance } from './endpoints/add-maintenance.ts'
import { addSilence } from './endpoints/add-silence.ts'
import { alert } from './endpoints/alert.ts'
import { alerts } from './endpoints/alerts.ts'
import { alertsSummary } from './endpoints/alerts-summary.ts'
import { alertsWhy } from './endpoints/alerts-why.ts'
import { endSilence } from './endpoints/end-silence.ts'
import { health } from './endpoints/health.ts'
import { index } from './endpoints/index.ts'
import { instances } from './endpoints/instances.ts'
import { maintenance } from './endpoints/maintenance.ts'
import { metrics } from './endpoints/metrics.ts'
import { notifiers } from './endpoints/notifiers.ts'
import { openapiDocument } from './endpoints/openapi.ts'
import { prdCompliance } from './endpoints/prd-compliance.ts'
import { removeMaintenance } from './endpoints/remove-maintenance.ts'
import { report } from './endpoints/report.ts'
import { resolveAlert } from './endpoints/resolve-alert.ts'
import { retryNotices } from './endpoints/retry-notices.ts'
import { runtime } from './endpoints/runtime.ts'
import { self } from './endpoints/self.ts'
import { silences } from './endpoints/silences.ts'
import { targets } from './endpoints/targets.ts'
import { testNotifier } from './endpoints/test-notifier.ts'

/**
 * All endpoints. A new one is a file and a line here; routes, links and the OpenAPI document follow. A path with a
 * part that the client chooses comes after those it would hide.
 */
export const ENDPOINTS: readonly Endpoint[] = [
  index,
  metrics,
  health,
  report,
  prdCompliance,
  alerts,
  alertsSummary,
  alertsWhy,
  alert,
  acknowledgeAlert,
  resolveAlert,
  silences,
  addSilence,
  endSilence,
  maintenance,
  addMaintenance,
  removeMaintenance,
  notifiers,
  retryNotices,
  testNotifier,
  addChange,
  targets,
  instances,
  runtime,
  self,
  openapiDocument,
]
