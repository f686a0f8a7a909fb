const MOST_BYTES = 2_048
const PATIENCE_MS = 1_000

/** What a receiver says about its refusal: the beginning of its answer, as one line, if it comes soon. */
export async function beginningOf(answer: Response, signal: AbortSignal): Promise<string> {
  // The status is known; a body that trickles must not turn it into a time-out.
  const text = await textOf(answer, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })
  return text
    .replace(/<[^>]*>|[\p{Cc}\s]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
}

/** The text of an answer: what has come when `most` bytes are there or the signal ends it. */
export async function textOf(
  answer: Response,
  { signal, most = MOST_BYTES }: { readonly signal: AbortSignal; readonly most?: number },
): Promise<string> {
  if (answer.body === null) return ''
  const reader = answer.body.getReader()
  const stop = (): void => {
    reader.cancel().catch(() => {})
  }
  signal.addEventListener('abort', stop, { once: true })
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    while (bytes < most && !signal.aborted) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      bytes += value.byteLength
    }
  } catch {
    // The connection broke in the middle: what has come is what there is.
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, most))
}
