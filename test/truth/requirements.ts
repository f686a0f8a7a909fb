import type { Target } from '../../src/targets/target.ts'

/** A target, and what it covers in plain words of code: no pattern is asked. */
export interface Requirement {
  readonly target: Target
  readonly covers: (name: string) => boolean
  /** Whether parts of other operations count: they do where series are named, not in a component's totals. */
  readonly nested: boolean
}

const GRADES = { a: 10, b: 20, c: 30, d: 60 }
const HIT_GRADES = { a: 0.98, b: 0.96, c: 0.95, d: 0.9 }

/** Of every kind: whole components, single series, patterns, exceptions, odd limits, the same limit twice. */
export const requirements: readonly Requirement[] = [
  latency('authentication', { component: 'authentication', percentile: 0.95, limitMs: 50 }, () => true),
  latency('authorization', { component: 'authorization', percentile: 0.5, limitMs: 100 / 3 }, () => true),
  latency('database', { component: 'database', percentile: 0.95, limitMs: 25 }, () => true),
  latency(
    'lookup',
    { component: 'database', series: 'user_lookup', percentile: 0.99, limitMs: 12.5 },
    (name) => name === 'user_lookup',
  ),
  latency(
    'slow',
    { component: 'database', series: '* orders', percentile: 0.9, limitMs: 40 },
    (name) => name === 'SELECT orders' || name === 'INSERT orders',
  ),
  latency(
    'quick',
    { component: 'database', except: ['SELECT orders', 'report*'], percentile: 0.95, limitMs: 25 },
    (name) => name !== 'SELECT orders' && name !== 'report_monthly',
  ),
  latency('request', { component: 'request', percentile: 0.95, limitMs: 100 }, () => true),
  latency(
    'api',
    { component: 'request', series: 'GET /api/**', percentile: 0.95, limitMs: 60 },
    (name) => name === 'GET /api' || name.startsWith('GET /api/'),
  ),
  latency(
    'items',
    {
      component: 'request',
      series: 'GET /api/*',
      except: ['GET /api/health'],
      percentile: 0.9,
      limitMs: 0.1,
    },
    (name) => name === 'GET /api/items',
  ),
  latency(
    'not admin',
    { component: 'request', except: ['GET /admin/**', 'POST **'], percentile: 0.99, limitMs: 80 },
    (name) => !name.startsWith('GET /admin') && !name.startsWith('POST '),
  ),
  hitRate('l1', { component: 'cache_l1', share: 0.95 }, () => true),
  hitRate('l2', { component: 'cache_l2', series: 'get', share: 0.8 }, (name) => name === 'get'),
]

interface Latency {
  readonly component: string
  readonly series?: string
  readonly except?: readonly string[]
  readonly percentile: number
  readonly limitMs: number
}

function latency(id: string, of: Latency, covers: (name: string) => boolean): Requirement {
  const { component, series, except = [], percentile, limitMs } = of
  const indicator = { kind: 'latency', percentile, limitMs } as const
  const named = series === undefined ? {} : { series }
  const target: Target = { id, component, ...named, except, indicator, grades: GRADES, weight: 1 }
  return { target, covers, nested: series !== undefined }
}

interface HitRate {
  readonly component: string
  readonly series?: string
  readonly share: number
}

function hitRate(id: string, of: HitRate, covers: (name: string) => boolean): Requirement {
  const { component, series, share } = of
  const indicator = { kind: 'hit_rate', share } as const
  const named = series === undefined ? {} : { series }
  const target: Target = { id, component, ...named, except: [], indicator, grades: HIT_GRADES, weight: 1 }
  return { target, covers, nested: series !== undefined }
}
