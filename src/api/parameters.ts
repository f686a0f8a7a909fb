import { WINDOW_NAMES, type WindowName } from '../measure/window.ts'
import { windowName } from './schemas.ts'

export interface InvalidParameter {
  readonly parameter: string
  readonly detail: string
}

export type Parameters =
  | { readonly window: WindowName | undefined }
  | { readonly errors: readonly InvalidParameter[] }

const LONGEST_SHOWN = 40
const MOST_LISTED = 10

/** Reads a query string, strictly: a misspelt parameter that is passed over gives the wrong numbers without a word. */
export function parameters(query: URLSearchParams, windowed: boolean): Parameters {
  const errors: InvalidParameter[] = []
  let more = 0
  for (const name of new Set(query.keys())) {
    const detail =
      windowed && name === 'window' ? windowProblem(query.getAll(name)) : unknownProblem(name, windowed)
    if (detail === undefined) continue
    if (errors.length < MOST_LISTED) errors.push({ parameter: shown(name), detail })
    else more += 1
  }
  if (more > 0) {
    const { parameter, detail } = errors.pop()!
    errors.push({ parameter, detail: `${detail} ${more} more are not valid either.` })
  }
  if (errors.length > 0) return { errors }
  return { window: windowName.optional().parse(query.get('window') ?? undefined) }
}

function windowProblem(values: readonly string[]): string | undefined {
  if (values.length > 1) return 'Expected window once, got it several times.'
  if (windowName.safeParse(values[0]).success) return undefined
  return `Expected window to be one of ${WINDOW_NAMES.join(', ')}, got "${shown(values[0]!)}".`
}

function unknownProblem(name: string, windowed: boolean): string {
  return `Expected ${windowed ? 'no parameter but window' : 'no parameters'}, got "${shown(name)}".`
}

/** Enough of a stranger's text to recognise it. */
function shown(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
