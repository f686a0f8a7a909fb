import type { Yardstick } from '../../../src/engine/yardstick.ts'
import { rival } from '../../rival.ts'
import type { Middleware, Monitor } from '../monitor.ts'

interface Published {
  yardstick(): Yardstick & { middleware?(): Middleware }
}

/** The package as built; the application's queries are recorded as its documentation shows it. */
export function monitor(packageFolder: string, withMiddleware: boolean): Monitor {
  const ys = rival<Published>(`${packageFolder}/dist/index.js`)!.yardstick()
  const query: Monitor['query'] = (name, run) => ys.trackDatabase({ query: name, table: 'shop' }, run)
  if (!withMiddleware) return { query }
  if (ys.middleware === undefined) throw new Error('this build of Yardstick has no middleware()')
  return { query, middleware: ys.middleware() }
}
