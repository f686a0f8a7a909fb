import type { InvalidParameter } from './parameters.ts'
import type { ProblemSlug } from './problem.ts'

/** What an endpoint throws to answer with a problem. */
export class Refusal extends Error {
  readonly slug: ProblemSlug
  /** Each invalid field, where there are several. */
  readonly errors: readonly InvalidParameter[] | undefined

  constructor(slug: ProblemSlug, detail: string, errors?: readonly InvalidParameter[]) {
    super(detail)
    this.name = 'Refusal'
    this.slug = slug
    this.errors = errors
  }
}

/** A body that can be read but not be followed. */
export function invalidBody(errors: readonly InvalidParameter[]): Refusal {
  return new Refusal('invalid-body', errors.map(({ detail }) => detail).join(' '), errors)
}
