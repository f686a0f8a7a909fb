import { frameworkContract } from '../../contracts/recorder.ts'
import { type ExpressModule, expressApplication } from './express-application.ts'
import { installed, isInstalled } from './installed.ts'

// express51: an Express 5 with a router before 2.3, which publishes nothing.
for (const name of ['express', 'express4', 'express51'].filter(isInstalled)) {
  frameworkContract({
    name,
    hasRoutes: true,
    open: async (stage) => expressApplication(installed<ExpressModule>(name)!, stage),
  })
}
