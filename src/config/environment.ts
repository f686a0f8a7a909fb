import { distance } from '../ground/suggestion.ts'
import { WITHHELD } from '../ground/withheld.ts'
import type { OptionsDraft } from './drafts.ts'
import { layersFrom } from './layers.ts'
import type { NotifierKind } from './notifier-drafts.ts'
import { notifiersOver } from './notifiers.ts'
import type { Options } from './options.ts'
import type { Problem } from './problems.ts'
import { read } from './read.ts'
import { optionsShape } from './schema.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables by name, with the option they stand for as one would write it. An empty one counts as not set. */
export const VARIABLES: Readonly<
  Record<string, (text: string) => Readonly<Partial<Record<keyof Options, unknown>>>>
> = {
  YARDSTICK_SERVICE: (service) => ({ service }),
  YARDSTICK_PORT: (text) => ({ port: number(text) ?? (OFF.test(text) ? 'off' : text) }),
  YARDSTICK_HOST: (host) => ({ host }),
  YARDSTICK_PUBLIC_URL: (publicUrl) => ({ publicUrl }),
  YARDSTICK_STORE: (store) => ({ store }),
  YARDSTICK_RETENTION: (retention) => ({ retention }),
  YARDSTICK_WINDOW: (window) => ({ window }),
  YARDSTICK_HEADERS: (headers) => ({ headers }),
  YARDSTICK_SERVER_TIMING: (serverTiming) => ({ serverTiming }),
  YARDSTICK_LAYERS: (text) => ({ layers: layersFrom(text) }),
  YARDSTICK_RUNTIME: (runtime) => ({ runtime }),
  YARDSTICK_TOKEN: (token) => ({ access: { token } }),
  YARDSTICK_SLACK_URL: (url) => notifier('slack', { url }),
  YARDSTICK_SLACK_TOKEN: (token) => notifier('slack', { token }),
  YARDSTICK_EMAIL_PASSWORD: (password) => notifier('email', { password }),
  YARDSTICK_WEBHOOK_URL: (url) => notifier('webhook', { url }),
  YARDSTICK_WEBHOOK_SECRET: (secret) => notifier('webhook', { secret }),
  YARDSTICK_PAGERDUTY_ROUTING_KEY: (routingKey) => notifier('pagerduty', { routingKey }),
  YARDSTICK_ALERTMANAGER_URL: (url) => notifier('alertmanager', { url }),
  YARDSTICK_DISABLED: (text) => ({ disabled: ON.test(text) ? true : OFF.test(text) ? false : text }),
}

/** For the notifier that is called like its kind. */
function notifier(kind: NotifierKind, options: object): { readonly notifiers: object } {
  return { notifiers: { [kind]: { kind, ...options } } }
}

/** Where the configuration file is; read by `loadSettings` itself. */
export const CONFIG_VARIABLE = 'YARDSTICK_CONFIG'

/** What `yardstick run --service` was given: more particular than a file or code, which YARDSTICK_SERVICE is not. */
export const SERVICE_FLAG = 'YARDSTICK_RUN_SERVICE'

const ON = /^(1|true|yes|on)$/i
const OFF = /^(0|false|no|off|none)$/i

/** Reads the `YARDSTICK_…` variables; a problem's path is the variable's name. */
export function readEnvironment(environment: Environment, problems: Problem[]): OptionsDraft {
  let draft: OptionsDraft = {}
  for (const [variable, written] of Object.entries(VARIABLES)) {
    const text = environment[variable]?.trim() ?? ''
    if (text === '') continue
    const found: Problem[] = []
    const one = read(optionsShape, written(text), found)
    // Several variables may be of one notifier.
    const notifiers = notifiersOver(draft.notifiers ?? {}, one.notifiers ?? {})
    draft = { ...draft, ...one, ...(one.notifiers === undefined ? {} : { notifiers }) }
    for (const problem of found) problems.push({ ...problem, path: variable, got: gotOf(problem, text) })
  }
  problems.push(...misspelt(environment))
  return draft
}

function gotOf({ got }: Problem, text: string): string {
  // A boolean or a number was made of the text: show what was really written.
  return got.startsWith('"') || got === WITHHELD ? got : JSON.stringify(text)
}

/** Variables that look like one of ours. Others are left alone: they may be a newer version's. */
function misspelt(environment: Environment): readonly Problem[] {
  const known = [...Object.keys(VARIABLES), CONFIG_VARIABLE, SERVICE_FLAG]
  return Object.keys(environment).flatMap((variable) => {
    if (!variable.startsWith('YARDSTICK_') || known.includes(variable)) return []
    const near = known.find((candidate) => distance(variable, candidate) <= 1)
    if (near === undefined) return []
    return [{ path: variable, expected: 'a known variable', got: variable, fix: `did you mean ${near}?` }]
  })
}

function number(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}
