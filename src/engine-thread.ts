import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { api } from './api/routes.ts'
import { decide } from './api/access.ts'
import { openPort, type Port } from './api/port.ts'
import { loadSettings } from './config/load.ts'
import { Engine } from './engine/engine.ts'
import { openLine } from './engine/line.ts'
import type {
  EngineWorkerData,
  ForwardedRequest,
  ForwardedResponse,
  FromEngine,
  ToEngine,
} from './engine/messages.ts'
import { pace } from './engine/pace.ts'
import { RENEW_MS, Tenure } from './engine/tenure.ts'
import { systemClock } from './ground/clock.ts'
import { YardstickError } from './ground/errors.ts'
import { standardError as logger } from './standard-error.ts'
import { openStore } from './stores/open.ts'
