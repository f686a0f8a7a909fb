import { YardstickError } from '../ground/errors.ts'

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** Where: `targets[2].p95`, `YARDSTICK_PORT`. */
  readonly path: string
  readonly expected: string
  readonly got: string
  /** What to do about it: `write "300ms"`. */
  readonly fix: string
}

/** Where options came from, with what was wrong in there. */
export interface Source {
  /** As in `In <name>:`, e.g. the path of the file, `the environment`. */
  readonly name: string
  readonly problems: readonly Problem[]
}

/** `targets[2].p95: expected a duration such as "300ms", got "300" – write "300ms"`. */
export function formatProblem({ path, expected, got, fix }: Problem): string {
  return `${cut(path, LONGEST_PATH)}: expected ${expected}, got ${cut(got, LONGEST_GOT)} – ${cut(fix, LONGEST_FIX)}`
}

/** @throws YardstickError `YS_CONFIG` with the problems of all sources, 50 at most, if there are any */
export function refuse(sources: readonly Source[]): void {
  const count = sources.reduce((sum, { problems }) => sum + problems.length, 0)
  if (count === 0) return
  const lines = [`The configuration has ${count === 1 ? 'a problem' : `${count} problems`}.`]
  let left = MOST_LISTED
  for (const { name, problems } of sources) {
    const listed = inPlace(problems).slice(0, left)
    left -= listed.length
    if (listed.length === 0) continue
    lines.push(`In ${name}:`, ...listed.map((problem) => `  ${formatProblem(problem)}`))
  }
  if (count > MOST_LISTED) lines.push(`… and ${count - MOST_LISTED} more.`)
  throw new YardstickError('YS_CONFIG', lines.join('\n'))
}

/** What is wrong with one item of a list stands together, in the list's order. */
function inPlace(problems: readonly Problem[]): readonly Problem[] {
  const places = problems.map(({ path }) => /^([^.[]*)(?:\[(\d+)\])?/.exec(path) ?? [])
  const options = [...new Set(places.map(([, option]) => option))]
  const rank = (i: number): number => {
    const [, option, item] = places[i]!
    return options.indexOf(option) * MOST_ITEMS + (item === undefined ? MOST_ITEMS - 1 : Number(item))
  }
  const order = problems.map((_, i) => i).sort((one, other) => rank(one) - rank(other))
  return order.map((i) => problems[i]!)
}

/** Joins the steps to an option: `targets[2]["p99.9"]`. */
export function pathOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (step.length > LONGEST) return `[${JSON.stringify(cut(step, LONGEST))}]`
      if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}

const LONGEST = 60
const LONGEST_PATH = 200
const LONGEST_GOT = 500
const LONGEST_FIX = 500
const MOST_LISTED = 50
/** No list may be as long as this. */
const MOST_ITEMS = 10_000

/** What somebody gave, in a few words. Never used for secrets. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return shortened(value, 'a list')
  if (typeof value === 'object' && value !== null) return shortened(value, 'an object')
  if (typeof value === 'string') {
    return JSON.stringify(cut(value, LONGEST))
  }
  return String(value)
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function shortened(value: object, name: string): string {
  try {
    const text = JSON.stringify(value)
    return text.length > LONGEST ? name : text
  } catch {
    return name
  }
}
