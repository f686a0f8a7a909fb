import type { Endpoint } from './endpoint.ts'
import { alerts } from './endpoints/alerts.ts'
import { health } from './endpoints/health.ts'
import { index } from './endpoints/index.ts'
import { instances } from './endpoints/instances.ts'
import { metrics } from './endpoints/metrics.ts'
import { openapiDocument } from './endpoints/openapi.ts'
import { prdCompliance } from './endpoints/prd-compliance.ts'
import { report } from './endpoints/report.ts'
import { self } from './endpoints/self.ts'
import { targets } from './endpoints/targets.ts'

/** All endpoints. A new one is a file and a line here; routes, links and the OpenAPI document follow. */
export const ENDPOINTS: readonly Endpoint[] = [
  index,
  metrics,
  health,
  report,
  prdCompliance,
  alerts,
  targets,
  instances,
  self,
  openapiDocument,
]
