/**
 * Whether an answer breaks off because the application wants no more of it, by what it broke off with. What goes wrong on
 * the way has a code, and a reason of the application's to want no more has none; what a pipeline gives for a reason, when
 * its other end is closed, has one of Node.js's streams. That its time was up is what `AbortSignal.timeout` says: no wish.
 */
export function isGivenUp(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
  // Its code is a number.
  if (name === 'TimeoutError') return false
  return name === 'AbortError' || typeof code !== 'string' || code.startsWith('ERR_STREAM_')
}
