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
const MOST_LISTED = 10

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

/** The fields of a body that are not what the schema says, as far as they are listed. */
export function bodyProblems(error: z.ZodError): readonly InvalidParameter[] {
  return error.issues.slice(0, MOST_LISTED).map((issue) => {
    const parameter = shown(issue.path.map(String).join('.'))
    return { parameter, detail: `${parameter === '' ? 'The body' : parameter}: ${expectation(issue)}.` }
  })
}

/** What was expected, where the schema has no words of its own for it. */
function expectation(issue: z.ZodError['issues'][number]): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${shown(key)}"`).join(', ')
    return `Expected no ${keys}; the OpenAPI document lists what there is`
  }
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message
  const got = issue.message.endsWith('received undefined') ? 'nothing' : 'something else'
  return `Expected ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}, got ${got}`
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
function shown(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
