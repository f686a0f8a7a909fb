import { type Agent, request as httpRequest } from 'node:http'
import type { Call } from './visitors.ts'

const PATIENCE_MS = 10_000

export interface Answer {
  readonly status: number
  /** From a successful login. */
  readonly token?: string | undefined
}

/** Makes one call and reads its whole answer; rejects without one, after ten seconds at the latest. */
export function exchange(base: URL, agent: Agent, call: Call): Promise<Answer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const headers: Record<string, string | number> = { 'user-agent': call.userAgent }
  if (call.token !== undefined) headers.authorization = `Bearer ${call.token}`
  if (body !== undefined) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = Buffer.byteLength(body)
  }

  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(call.path, base), { agent, headers, method: call.method })
    const patience = setTimeout(() => request.destroy(outOfPatience()), PATIENCE_MS)
    request.on('close', () => clearTimeout(patience))
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => {
        if (call.signsIn !== undefined) chunks.push(chunk)
      })
      response.on('end', () => {
        const status = response.statusCode ?? 0
        if (status !== 200 || call.signsIn === undefined) resolve({ status })
        else resolve({ status, ...(JSON.parse(Buffer.concat(chunks).toString()) as { token: string }) })
      })
    })
    request.end(body)
  })
}

function outOfPatience(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'no answer in 10 s' })
}
