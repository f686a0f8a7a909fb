import { frameworkContract } from '../../contracts/recorder.ts'
import { imported, noFrameworks, required } from './frameworks.ts'
import { type Koa, koaApplication, type RouterClass } from './koa-application.ts'

type Load = <T>(name: string) => T | Promise<T>

/** ES modules give their classes as the default. */
const asModule = async <T>(name: string): Promise<T> =>
  (await imported<{ readonly default: T }>(name)).default

const versions: readonly (readonly [name: string, load: Load, koa: string, router: string])[] = [
  ['koa 3 and @koa/router 15', required, 'koa', '@koa/router'],
  ['koa 3 and @koa/router 15 as ES modules', asModule, 'koa', '@koa/router'],
  ['koa 3 and koa-router 14', required, 'koa', 'koa-router'],
  ['koa 2.16 and koa-router 10', required, 'koa2', 'koa-router-10'],
  ['koa 2.5 and @koa/router 10', required, 'koa25', 'koarouter-10'],
]

for (const [name, load, koa, router] of noFrameworks === undefined ? versions : []) {
  frameworkContract({
    name,
    hasRoutes: true,
    open: async (stage) => koaApplication(await load<Koa>(koa), await load<RouterClass>(router), stage),
  })
}
