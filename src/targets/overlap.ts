import { LIMITS } from '../measure/layout.ts'
import { Pattern, type Places } from './pattern.ts'
import type { Target } from './target.ts'

/** A series name under which too many distinct limits meet. */
export interface Overlap {
  readonly component: string
  /** A name that shows it; no such series need exist. */
  readonly series: string
  /** Ascending. */
  readonly limitsMs: readonly number[]
  readonly targets: readonly Target[]
}

/** Beginnings of names that are looked into before giving up; real configurations need some thousands. */
const MOST_STATES = 20_000
/** The same for what they take together in memory, in places of patterns … */
const MOST_KEPT_WORDS = 2_000_000
/** … and for what it takes to get there. */
const MOST_STEPPED_WORDS = 20_000_000
/** A step of a pattern costs as much besides its words. */
const WORDS_A_STEP = 8

interface Rule {
  readonly target: Target
  readonly limitMs: number
  readonly wanted: Pattern
  readonly except: readonly Pattern[]
}

/** How far every pattern of every rule has come with one name. */
type State = readonly { readonly wanted: Places; readonly except: readonly Places[] }[]

/**
 * Finds a series that would have more than four distinct limits. Reads all patterns of a component side by side,
 * character by character: a name is never invented, and one is found if there is any, unless the patterns combine in
 * too many ways: tens of thousands, fewer where there are hundreds of them (then see `limits`).
 */
export function overlap(targets: readonly Target[]): Overlap | undefined {
  for (const component of new Set(targets.map((target) => target.component))) {
    const rules: Rule[] = []
    for (const target of targets) {
      if (target.component !== component || target.indicator.kind !== 'latency') continue
      const { limitMs } = target.indicator
      const except = target.except.map((text) => new Pattern(text))
      rules.push({ target, limitMs, wanted: new Pattern(target.series ?? '**'), except })
    }
    if (new Set(rules.map(({ limitMs }) => limitMs)).size <= LIMITS) continue
    const found = search(rules)
    if (found !== undefined) return { component, ...found }
  }
  return undefined
}

function search(rules: readonly Rule[]): Omit<Overlap, 'component'> | undefined {
  const other = unusedCharacter(rules)
  const first: State = rules.map(({ wanted, except }) => ({
    wanted: wanted.start(),
    except: except.map((pattern) => pattern.start()),
  }))
  // By the number of limits that met already: names that are on a good way come first.
  const queues: { readonly name: string; readonly state: State }[][] = [[{ name: '', state: first }]]
  const seen = new Set([keyOf(first)])
  const words = wordsOf(first)
  let left = MOST_STEPPED_WORDS
  while (seen.size < Math.min(MOST_STATES, MOST_KEPT_WORDS / words)) {
    const from = queues.findLast((queue) => queue !== undefined && queue.length > 0)?.shift()
    if (from === undefined) return undefined
    for (const character of steps(rules, from.state, other)) {
      left -= words
      if (left < 0) return undefined
      const state = advance(rules, from.state, character)
      const key = keyOf(state)
      if (seen.has(key)) continue
      seen.add(key)
      const name = from.name + character
      const met = rules.filter((rule, r) => covers(rule, state[r]!))
      const limitsMs = [...new Set(met.map(({ limitMs }) => limitMs))].sort((one, two) => one - two)
      if (limitsMs.length > LIMITS) {
        return { series: name, limitsMs, targets: met.map(({ target }) => target) }
      }
      queues[limitsMs.length] ??= []
      queues[limitsMs.length]!.push({ name, state })
    }
  }
  return undefined
}

function keyOf(state: State): string {
  return state.map(({ wanted, except }) => `${wanted} ${except.join(' ')}`).join(';')
}

function wordsOf(state: State): number {
  const cost = (places: Places): number => places.length + WORDS_A_STEP
  return state.reduce(
    (sum, { wanted, except }) => except.reduce((all, places) => all + cost(places), sum + cost(wanted)),
    0,
  )
}

function covers({ wanted, except }: Rule, state: State[number]): boolean {
  return wanted.accepts(state.wanted) && !except.some((pattern, i) => pattern.accepts(state.except[i]!))
}

function steps(rules: readonly Rule[], state: State, other: string): ReadonlySet<string> {
  const characters = new Set<string>()
  for (let r = 0; r < rules.length; r++) {
    for (const character of rules[r]!.wanted.leadsOn(state[r]!.wanted)) characters.add(character ?? other)
    rules[r]!.except.forEach((pattern, i) => {
      for (const character of pattern.leadsOn(state[r]!.except[i]!)) characters.add(character ?? other)
    })
  }
  return characters
}

function advance(rules: readonly Rule[], state: State, character: string): State {
  return rules.map(({ wanted, except }, r) => ({
    wanted: wanted.after(state[r]!.wanted, character),
    except: except.map((pattern, i) => pattern.after(state[r]!.except[i]!, character)),
  }))
}

/** Stands for all characters that no pattern names. */
function unusedCharacter(rules: readonly Rule[]): string {
  const used = new Set(
    rules.flatMap(({ wanted, except }) => [...wanted.text, ...except.flatMap(({ text }) => [...text])]),
  )
  for (const letter of 'xyzabcdefghijklmnopqrstuvw0123456789_-.') if (!used.has(letter)) return letter
  return '\u{1F600}'
}
