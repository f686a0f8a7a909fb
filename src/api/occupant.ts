import { get } from 'node:http'
import { IDENTITY_HEADER } from './identity.ts'

/** Who listens on a port that was to be ours. */
export type Occupant = 'ourselves' | 'other_yardstick' | 'foreign'

const PATIENCE_MS = 500

/**
 * Asks the program behind `url` for its self page. Only headers are read, and no token is shown: it may be anybody.
 * Whoever does not answer in time is foreign.
 *
 * @param patienceMs default 500 ms: a service waits for it before it listens
 */
export function occupant(url: string, identity: string, patienceMs: number = PATIENCE_MS): Promise<Occupant> {
  // An address with a zone makes none.
  if (!URL.canParse(url)) return Promise.resolve('foreign')
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs)
    const request = get(`${url}/api/v1/performance/self`, { agent: false, signal }, (response) => {
      const theirs = response.headers[IDENTITY_HEADER]
      response.destroy()
      resolve(theirs === undefined ? 'foreign' : theirs === identity ? 'ourselves' : 'other_yardstick')
    })
    request.on('error', () => resolve('foreign'))
    // Whoever answers by changing the protocol gives neither a response nor an error.
    request.on('close', () => resolve('foreign'))
  })
}
