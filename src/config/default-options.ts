import { defaultTargets } from '../targets/defaults.ts'
import { LOGIN_ROUTES } from '../targets/login-routes.ts'
import type { GradeLimits, Target } from '../targets/target.ts'
import type { GradeOptions, Options, TargetOptions } from './options.ts'

/**
 * What holds where nothing is said, as one would write it. The service's name has no default here: it is taken from
 * the environment or `package.json`.
 *
 * @example
 * defineConfig({ defaults: false, targets: defaults.targets.filter(({ component }) => component !== 'cache_l3') })
 */
export const defaults: Options & { readonly targets: readonly TargetOptions[] } = {
  targets: defaultTargets.map(written),
  defaults: true,
  window: '5min',
  port: 9797,
  host: '127.0.0.1',
  store: 'sqlite',
  retention: '90d',
  headers: 'none',
  serverTiming: 'off',
  runtime: 'on',
  ignore: [],
  waits: [],
  logins: LOGIN_ROUTES,
  layers: {},
  seriesLimit: 500,
  componentLimit: 300,
  access: {},
  notifiers: {},
  alerts: {},
  disabled: false,
}

function written({ component, indicator, grades }: Target): TargetOptions {
  return indicator.kind === 'latency'
    ? { component, p95: ms(indicator.limitMs), grades: letters(grades, ms) }
    : { component, hitRate: percent(indicator.share), grades: letters(grades, percent) }
}

function letters(grades: GradeLimits, write: (value: number) => string): GradeOptions {
  return { a: write(grades.a), b: write(grades.b), c: write(grades.c), d: write(grades.d) }
}

function ms(value: number): string {
  return `${value}ms`
}

function percent(value: number): string {
  return `${Number((value * 100).toFixed(4))}%`
}
