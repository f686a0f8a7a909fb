import { YardstickError } from '../ground/errors.ts'
import type { CodeOnlyOptions, CodeOptions, Options } from './options.ts'

/** Functions that stay in the application's thread. */
export interface ApplicationFunctions {
  readonly ignore?: Extract<CodeOnlyOptions['ignore'], (...args: never) => unknown>
  readonly access?: Extract<CodeOnlyOptions['access'], (...args: never) => unknown>
  readonly user?: NonNullable<CodeOnlyOptions['user']>
  readonly logger?: NonNullable<CodeOnlyOptions['logger']>
  readonly onError?: NonNullable<CodeOnlyOptions['onError']>
}

/** Data that can go to the engine's thread. */
export type SentOptions = Options & { readonly config?: string }

const STAYING: readonly string[] = [
  'ignore',
  'access',
  'user',
  'logger',
  'onError',
] satisfies readonly (keyof ApplicationFunctions)[]
/** A logger is an object of functions; it stays whole. */
const STAYING_WHOLE = 'logger'

/**
 * Parts options given in code: data goes to Yardstick's own thread, the functions that are allowed stay in the
 * application's. Loads nothing else, so that it can run there.
 *
 * @throws YardstickError `YS_CONFIG` where it is no object; `YS_CONFIG_FUNCTION` naming every other function or live
 * object
 */
export function separate(options: CodeOptions): {
  readonly data: SentOptions
  readonly functions: ApplicationFunctions
} {
  // Plain JavaScript may give anything.
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const got = options === null ? 'null' : Array.isArray(options) ? 'an array' : `a ${typeof options}`
    throw new YardstickError(
      'YS_CONFIG',
      `Expected an object of options, got ${got}. Write yardstick({ service: 'shop' }), or yardstick() for the defaults.`,
    )
  }
  const data: Record<string, unknown> = {}
  const functions: Record<string, unknown> = {}
  const wrong: string[] = []
  for (const [name, value] of Object.entries(options)) {
    const stays = STAYING.includes(name) && (typeof value === 'function' || name === STAYING_WHOLE)
    if (stays) functions[name] = value
    else data[name] = sendable(value, name, wrong, new Set())
  }
  if (wrong.length > 0) throw new YardstickError('YS_CONFIG_FUNCTION', messageOf(wrong))
  return { data, functions }
}

/** A copy in which an URL is its text; notes what cannot be sent. */
function sendable(value: unknown, path: string, wrong: string[], around: ReadonlySet<object>): unknown {
  if (typeof value === 'function') wrong.push(`${path} is a function`)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof URL) return value.href
  if (around.has(value)) {
    wrong.push(`${path} contains itself`)
    return undefined
  }
  const within = new Set([...around, value])
  if (Array.isArray(value)) return value.map((item, i) => sendable(item, `${path}[${i}]`, wrong, within))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    wrong.push(`${path} is a live ${value.constructor.name}`)
    return undefined
  }
  const parts = Object.entries(value).map(([name, part]) => [
    name,
    sendable(part, `${path}.${name}`, wrong, within),
  ])
  return Object.fromEntries(parts)
}

function messageOf(wrong: readonly string[]): string {
  const which = wrong.length === 1 ? `The option ${wrong[0]!}` : `These options cannot: ${wrong.join('; ')}`
  return (
    `Expected data in the options given in code: they go to Yardstick's own thread, where functions cannot follow. ` +
    `${which}. Give data or what a factory such as sqlite({ … }) returns; or write it in yardstick.config.ts, which ` +
    `that thread loads itself; or name a module: { module: new URL('./file.js', import.meta.url) }. Functions may be ` +
    `given for ${STAYING.join(', ')}: these run in the application's thread.`
  )
}
