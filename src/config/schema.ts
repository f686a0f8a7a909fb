import { parseDuration } from '../ground/duration.ts'
import { schemeOf } from '../ground/scheme.ts'
import { WINDOW_NAMES, WINDOWS, type WindowName } from '../measure/window.ts'
import { alerts } from './alerts-shape.ts'
import { postgresUrl, schemaName, sqlitePath, tls } from './connections.ts'
import type { GradesDraft, OptionsDraft, StoreDraft, StoreOptionsDraft, TargetDraft } from './drafts.ts'
import { latency, retention } from './durations.ts'
import * as field from './fields.ts'
import { layers } from './layers.ts'
import { notifiers } from './notifier-shapes.ts'
import type { Options, StoreOptions, TargetOptions } from './options.ts'
import type { Group, Shape } from './shape.ts'
import { share } from './shares.ts'

const MOST_TARGETS = 500
const YEARS_MS = 10 * 365 * 86_400_000

/** A shape for what was read that has a reader for every option there is. */
type ShapeFor<Given, Out> = Shape<Out> & Readonly<Record<keyof Given, unknown>>

const grades: Group<GradesDraft> = {
  kind: 'group',
  shape: { a: field.letterEnd, b: field.letterEnd, c: field.letterEnd, d: field.letterEnd },
  expected: 'the ends of the letters',
  fix: 'write { a: "30ms", b: "40ms", c: "50ms", d: "100ms" }',
}

const target: ShapeFor<TargetOptions, TargetDraft> = {
  component: field.name('the name of a component', 'request'),
  series: field.name('the name of a series or a pattern', 'GET /users/**'),
  except: field.names('the name of a series, a pattern', 'GET /health'),
  p50: latency,
  p75: latency,
  p90: latency,
  p95: latency,
  p99: latency,
  'p99.9': latency,
  hitRate: share,
  grades,
  weight: field.number('a weight', 0, 100, false),
  id: field.name('a name', 'admin pages'),
}

/** Only PostgreSQL takes these. */
const connection = {
  url: postgresUrl,
  ssl: tls,
  schema: schemaName,
  pool: field.number('a number of connections', 2, 20, true),
  timeoutMs: field.number('milliseconds', 1_000, 300_000, true),
}

const storeOptions: Group<StoreOptionsDraft> = {
  kind: 'group',
  shape: {
    path: sqlitePath,
    maxBytes: field.bytes,
    ...connection,
    keep: {
      kind: 'group',
      shape: {
        secondsMs: field.number('milliseconds', 0, YEARS_MS, false),
        fiveSecondsMs: field.number('milliseconds', 0, YEARS_MS, false),
        minutesMs: field.number('milliseconds', 0, YEARS_MS, false),
        quartersMs: field.number('milliseconds', 0, YEARS_MS, false),
      },
      expected: 'how long to keep what',
      fix: 'write { quartersMs: 90 * 86_400_000 }',
    },
  },
  expected: 'options of the store',
  fix: 'write { path: ".yardstick/yardstick.db" }',
}

const store: ShapeFor<StoreOptions, StoreDraft> = {
  kind: field.choice(['sqlite', 'memory', 'postgres']),
  path: sqlitePath,
  maxBytes: field.bytes,
  ...connection,
  options: storeOptions,
}

/** How everything that a user may write is read. */
export const optionsShape: ShapeFor<Options, OptionsDraft> = {
  service: field.name('the name of the service', 'shop'),
  targets: {
    kind: 'list',
    item: {
      kind: 'group',
      shape: target,
      expected: 'a target',
      fix: 'write { component: "request", p95: "300ms" }',
    },
    most: MOST_TARGETS,
    expected: `a list of at most ${MOST_TARGETS} targets`,
    fix: 'write [{ component: "request", p95: "300ms" }]',
  },
  defaults: field.flag,
  window: field.choice(WINDOW_NAMES, windowMeant),
  port: field.port,
  host: field.name('an address to listen on', '127.0.0.1'),
  publicUrl: field.publicUrl,
  store: {
    kind: 'group',
    shape: store,
    spellOut: (input) => {
      if (typeof input !== 'string') return undefined
      if (schemeOf(input) !== undefined) return { kind: 'postgres', url: input }
      return input === 'sqlite' || input === 'memory' ? { kind: input } : { kind: 'sqlite', path: input }
    },
    expected: '"memory", "sqlite", the path of a SQLite file, the URL of a PostgreSQL database, or an object',
    fix: 'write { kind: "sqlite", path: ".yardstick/yardstick.db" }',
  },
  retention: retention,
  headers: field.choice(['none', 'all']),
  serverTiming: field.choice(['off', 'trusted', 'all']),
  runtime: field.choice(['on', 'off', 'stacks']),
  ignore: field.names('a request such as "GET /health", a pattern', 'GET /health'),
  waits: field.names('a route such as "GET /poll/:topic", a pattern', 'GET /poll/:topic'),
  logins: field.names('a route such as "POST /login", a pattern', 'POST /login'),
  layers,
  seriesLimit: field.number('a whole number', 10, 5000, true),
  componentLimit: field.number('a whole number', 5, 5000, true),
  access: {
    kind: 'group',
    shape: { token: field.token, hosts: field.names('a host name', 'monitor.internal') },
    expected: 'rules of access',
    fix: 'write { token: process.env.YARDSTICK_TOKEN }',
  },
  notifiers,
  alerts,
  disabled: field.flag,
}

/** `5m`, `300s`: the window of that length. */
function windowMeant(input: unknown): WindowName | undefined {
  const lengthMs = typeof input === 'string' || typeof input === 'number' ? parseDuration(input) : undefined
  return WINDOW_NAMES.find((name) => WINDOWS[name].slots * WINDOWS[name].slotMs === lengthMs)
}
