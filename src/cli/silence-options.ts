import { YardstickError } from '../ground/errors.ts'
import { ApiRefusal } from './api-client.ts'
import { whoIs } from './who-is.ts'

/** What `yardstick silences add` takes; of these, `end` takes `by`. */
export interface SilenceOptions {
  readonly target?: readonly string[]
  readonly component?: readonly string[]
  readonly severity?: readonly string[]
  readonly policy?: readonly string[]
  readonly alert?: readonly string[]
  readonly all?: boolean
  readonly for?: string
  readonly until?: string
  readonly from?: string
  readonly by?: string
  readonly comment?: string
}

/** The parts of a matcher, by the options that give them. */
const MATCHERS = {
  target: 'targets',
  component: 'components',
  severity: 'severities',
  policy: 'policies',
  alert: 'alerts',
} as const

const SOME = Object.keys(MATCHERS).map((option) => `--${option}`)

/** What is sent. Without a word of which alerts are meant, or with two, there is no matcher, and so it is refused. */
export function bodyOf(options: SilenceOptions): object {
  const { from, until, for: lasting, comment, all } = options
  const given = givenIn(options)
  const match = Object.fromEntries(given.map(([option, part]) => [part, options[option]]))
  const meant = (all === true) !== given.length > 0
  return { by: whoIs(options), comment, ...(meant ? { match } : {}), from, until, for: lasting }
}

/** A refusal in the words of the options, everything that is wrong at once, a line each; any other error as it is. */
export function inOptions(error: unknown, options: SilenceOptions): unknown {
  if (!(error instanceof ApiRefusal) || error.problems.length === 0) return error
  const lines = error.problems.map(({ parameter, detail }) => {
    if (parameter === 'match' && !('match' in bodyOf(options))) return unmatched(options)
    if (parameter === 'until' && (options.until === undefined) === (options.for === undefined)) {
      return `--for, --until: Expected one of them, got ${options.for === undefined ? 'neither' : 'both'}.`
    }
    const option = optionOf(parameter, options)
    return option === undefined ? detail : `${option}${detail.slice(parameter.length)}`
  })
  return new YardstickError(error.code, ['The silence was refused.', ...lines].join('\n  '), { cause: error })
}

function unmatched(options: SilenceOptions): string {
  const given = givenIn(options).map(([option]) => `--${option}`)
  const got = given.length === 0 ? 'none' : ['--all', ...given].join(' and ')
  return `${SOME.join(', ')}: Expected one of them or more, or else --all; got ${got}.`
}

/** `--target` for `match.targets.0`; for `match` alone the two that have to fit a target together. */
function optionOf(parameter: string, options: SilenceOptions): string | undefined {
  const [first, second] = parameter.split('.')
  if (first !== 'match') return `--${first}`
  const option = Object.entries(MATCHERS).find(([, part]) => part === second)?.[0]
  if (option !== undefined) return `--${option}`
  const places = givenIn(options).filter(([each]) => each === 'target' || each === 'component')
  return places.length === 0 ? undefined : places.map(([each]) => `--${each}`).join(', ')
}

function givenIn(options: SilenceOptions): readonly (readonly [keyof typeof MATCHERS, string])[] {
  return (Object.keys(MATCHERS) as (keyof typeof MATCHERS)[])
    .filter((option) => options[option] !== undefined)
    .map((option) => [option, MATCHERS[option]])
}
