import { existsSync } from 'node:fs'

/** Yardstick's modules that a bench drives from inside, by their place in the package. */
interface Modules {
  readonly 'ground/clock': typeof import('../src/ground/clock.ts')
  readonly 'measure/ledger': typeof import('../src/measure/ledger.ts')
  readonly 'measure/scope': typeof import('../src/measure/scope.ts')
  readonly 'measure/tally': typeof import('../src/measure/tally.ts')
  readonly 'measure/request-tally': typeof import('../src/measure/request-tally.ts')
  readonly 'measure/slow-series': typeof import('../src/measure/slow-series.ts')
  readonly 'measure/loop-tally': typeof import('../src/measure/loop-tally.ts')
  readonly 'engine/engine': typeof import('../src/engine/engine.ts')
  readonly 'engine/yardstick': typeof import('../src/engine/yardstick.ts')
  readonly 'alerts/options': typeof import('../src/alerts/options.ts')
  readonly 'targets/defaults': typeof import('../src/targets/defaults.ts')
  readonly 'config/load': typeof import('../src/config/load.ts')
  readonly 'stores/inspect': typeof import('../src/stores/inspect.ts')
  readonly 'stores/open': typeof import('../src/stores/open.ts')
  readonly 'api/port': typeof import('../src/api/port.ts')
  readonly 'api/routes': typeof import('../src/api/routes.ts')
}

const built = existsSync(new URL('../build/measure/ledger.js', import.meta.url))

/** What is measured: the package as built, or the sources where it was not built yet. */
export const measured: 'dist' | 'src' = built ? 'dist' : 'src'

export async function part<Name extends keyof Modules>(name: Name): Promise<Modules[Name]> {
  const file = built ? `../build/${name}.js` : `../src/${name}.ts`
  return (await import(new URL(file, import.meta.url).href)) as Modules[Name]
}
