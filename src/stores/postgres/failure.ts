import { YardstickError } from '../../ground/errors.ts'

/** SQLSTATE of an error of the server's; `undefined` when the connection itself failed. */
export function stateOf(error: unknown): string | undefined {
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown }
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined
}

/** Somebody else has a lock for longer than we wait. */
export function isLocked(error: unknown): boolean {
  return stateOf((error as Error).cause ?? error) === '55P03'
}

/** The tables are not there (any more). */
export function isWithoutTables(error: unknown): boolean {
  return stateOf((error as Error).cause ?? error) === '42P01'
}

/**
 * What waiting does not mend: a user, password, database or schema that is refused. All else – no connection, a server
 * that starts or stops, too many connections – may pass.
 */
export function isLasting(error: unknown): boolean {
  const state = stateOf(error) ?? ''
  return /^(28|3D|3F|42|0A)/.test(state)
}

/** The database's trouble as an error of ours; trouble with what was to be saved stays as it is. */
export function failed(what: string, cause: unknown): unknown {
  if (cause instanceof YardstickError) return cause
  // Class 22: a value that this database never takes. Tried again for ever it would hold up all that follows.
  if (stateOf(cause)?.startsWith('22') === true) return cause
  return new YardstickError('YS_STORE_FAILED', `could not ${what}: ${messageOf(cause)}`, { cause })
}

export function messageOf(error: unknown): string {
  // Several addresses of one host that all refuse are an AggregateError without a message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
