import type { z } from 'zod'
import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import { windowName } from './schemas.ts'

export interface InvalidParameter {
  readonly parameter: string
  readonly detail: string
}

export type Parameters =
  | { readonly window: WindowName | undefined; readonly query: Readonly<Record<string, unknown>> }
  | { readonly errors: readonly InvalidParameter[] }

const LONGEST_SHOWN = 40
/** Of problems and of names in them. */
export const MOST_LISTED = 10

/** Reads a query string, strictly: a misspelt parameter that is passed over gives the wrong numbers without a word. */
export function parameters(
  query: URLSearchParams,
  { windowed, query: shape }: { readonly windowed: boolean; readonly query: z.ZodObject },
): Parameters {
  const errors: InvalidParameter[] = []
  const known = shape.shape as Readonly<Record<string, z.ZodType>>
  const names = [...(windowed ? ['window'] : []), ...Object.keys(known)]
  let more = 0
  for (const name of new Set(query.keys())) {
    const detail = names.includes(name)
      ? problemOf(name, query.getAll(name), known[name])
      : unknownProblem(name, names)
    if (detail === undefined) continue
    if (errors.length < MOST_LISTED) errors.push({ parameter: shown(name), detail })
    else more += 1
  }
  if (more > 0) {
    const { parameter, detail } = errors.pop()!
    errors.push({ parameter, detail: `${detail} ${more} more are not valid either.` })
  }
  if (errors.length > 0) return { errors }
  const given = Object.fromEntries(Object.keys(known).map((name) => [name, query.get(name) ?? undefined]))
  return {
    window: windowName.optional().parse(query.get('window') ?? undefined),
    query: shape.parse(given) as Readonly<Record<string, unknown>>,
  }
}

function problemOf(
  name: string,
  values: readonly string[],
  schema: z.ZodType | undefined,
): string | undefined {
  if (values.length > 1) return `Expected ${name} once, got it several times.`
  if ((schema ?? windowName).safeParse(values[0]).success) return undefined
  const expected =
    schema === undefined ? `one of ${WINDOW_NAMES.join(', ')}` : (schema.description ?? 'valid')
  return `Expected ${name} to be ${expected}, got "${shown(values[0]!)}".`
}

function unknownProblem(name: string, known: readonly string[]): string {
  const allowed = known.length === 0 ? 'no parameters' : `no parameter but ${known.join(', ')}`
  return `Expected ${allowed}, got "${shown(name)}".`
}

/** Enough of a stranger's text to recognise it. */
export function shown(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
