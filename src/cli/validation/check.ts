/** One line of the checklist. `noted` is neither good nor bad: something to know. */
export interface Check {
  readonly what: string
  readonly outcome: 'passed' | 'failed' | 'noted'
  /** What was found; of a failed check also what was expected, and what to do. */
  readonly detail: string
}

export interface Section {
  readonly title: string
  readonly checks: readonly Check[]
}

export function passed(what: string, detail = ''): Check {
  return { what, outcome: 'passed', detail }
}

export function failed(what: string, detail: string): Check {
  return { what, outcome: 'failed', detail }
}

export function noted(what: string, detail = ''): Check {
  return { what, outcome: 'noted', detail }
}

/** Passed when both are the same text, number or nothing. */
export function equal(what: string, got: string | number | null, expected: string | number | null): Check {
  return got === expected
    ? passed(what, String(got))
    : failed(what, `expected ${expected ?? 'nothing'}, got ${got ?? 'nothing'}`)
}
