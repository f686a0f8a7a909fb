import { Refusal } from './refusal.ts'

const LARGEST_BYTES = 65_536

/**
 * The JSON that a request brings. The content type is asked for because a page of another site can send any other
 * body without asking first.
 */
export async function requestBody(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(
      'unsupported-media-type',
      `Expected a body with Content-Type: application/json, got ${type === '' ? 'none' : `"${type.slice(0, 40)}"`}.`,
    )
  }
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > LARGEST_BYTES) {
    throw new Refusal('body-too-large', `Expected at most ${LARGEST_BYTES} bytes, got ${bytes.byteLength}.`)
  }
  return bytes.byteLength === 0 ? {} : parsed(bytes)
}

function parsed(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 100) : 'it is no text'
    throw new Refusal('invalid-body', `Expected JSON in UTF-8: ${why}.`)
  }
}
