import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { cacheOperation } from './layers.ts'
import { CACHE } from './redis-commands.ts'

interface Exports {
  readonly Client: { readonly prototype: object }
}

/** Methods, and what their operation is called. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'get',
  set: 'set',
  add: 'add',
  replace: 'replace',
  delete: 'del',
  increment: 'increment',
  decrement: 'decrement',
  touch: 'touch',
}

/** Commands of `memjs` to memcached, from the call to the answer. */
export function memjs(): Recorder {
  return library({
    name: 'memjs',
    versions: { memjs: '>=1.3 <1.4' },
    files: { 'memjs/lib/memjs/memjs.js': watch },
  })
}

interface Server {
  readonly host: string
  readonly port: number
}

const MEMJS: CacheKind = {
  library: 'memjs',
  guess: () => CACHE,
  // The first of its servers stands for all.
  namesOf: ({ servers: [server] = [] }: { readonly servers?: readonly Server[] }) =>
    server === undefined ? [] : [`${server.host}:${server.port}`, server.host],
}

function watch({ Client }: Exports, instrument: Instrument): void {
  const { ledger } = instrument
  for (const [method, name] of Object.entries(METHODS)) {
    const operationOf = (client: unknown) =>
      cacheOperation(ledger, ledger.layers.of(client as object, MEMJS), name)
    const hitOf = method === 'get' ? (value: unknown) => value !== null && value !== undefined : undefined
    instrument.replace(Client.prototype, method, (original) => {
      return function (this: unknown, ...given: unknown[]): unknown {
        const at = given.findLastIndex((each) => typeof each === 'function')
        // Called without a callback it calls itself with one, at once.
        const timing = at === -1 ? undefined : instrument.start(operationOf, this, given)
        if (timing === undefined) return original.apply(this, given)
        given[at] = instrument.ending(timing, given[at] as never, hitOf)
        return instrument.pass(timing, original, this, given, hitOf)
      } as typeof original
    })
  }
}
