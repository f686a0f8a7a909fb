import { AsyncLocalStorage } from 'node:async_hooks'
import { Yardstick } from './engine/yardstick.ts'
import { systemClock } from './ground/clock.ts'
import { Ledger } from './measure/ledger.ts'
import type { Scope } from './measure/scope.ts'
import { standardError } from './standard-error.ts'
import type { Running } from './start.ts'

/** Set by the preload, which says the same before the application can. */
const SAID = Symbol.for('yardstick.unmeasured')

/** Whether this Node has what Yardstick needs; register.cts asks the same, in words that old versions understand. */
export function isOldNode(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 18)
}

/**
 * What an application that calls `yardstick()` gets on a Node that is too old: everything can be called and runs what
 * it is given, nothing is read or judged.
 */
export function unmeasured(): Running {
  if (!(SAID in globalThis)) {
    standardError.warn(
      `Node.js 22.18 or newer is needed, this is ${process.version}; the application runs unmeasured ` +
        '(YS_NODE_VERSION). Update Node.js.',
    )
  }
  const ledger = new Ledger({
    thread: 0,
    scopes: new AsyncLocalStorage<Scope | undefined>(),
    now: systemClock.monotonicMs,
    limits: () => [],
    announce: () => {},
  })
  // Told nothing of options: there is no engine that they could come too late for.
  const configure = (): boolean => true
  return {
    yardstick: new Yardstick(ledger, undefined),
    ledger,
    configure,
    http: {},
    hooks: {},
    logger: standardError,
  }
}
