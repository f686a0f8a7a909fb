/** An error of a result, as executors give it. */
interface Located {
  readonly originalError?: unknown
  readonly extensions?: { readonly code?: unknown }
}

/** What servers of GraphQL call an error that nobody meant to be seen. */
const INTERNAL = 'INTERNAL_SERVER_ERROR'

/**
 * Whether a result tells of a failure of the server: a field's resolver threw something that is no `GraphQLError`, or a
 * value is not what the schema says. A `GraphQLError` is what an application answers with (not found, not allowed, a
 * wrong password): the operation did its work, as one does that is answered with a 4xx. Servers part the two alike when
 * they mask errors.
 */
export function hasFailed(result: unknown): boolean {
  const { errors, initialResult } = (result ?? {}) as { errors?: readonly Located[]; initialResult?: unknown }
  if (initialResult !== undefined) return hasFailed(initialResult)
  return errors?.some(isUnexpected) === true
}

function isUnexpected({ originalError, extensions }: Located): boolean {
  if (extensions?.code === INTERNAL) return true
  // Not `instanceof`: there may be several copies of the library.
  return (
    originalError instanceof Error &&
    Object.prototype.toString.call(originalError) !== '[object GraphQLError]'
  )
}
