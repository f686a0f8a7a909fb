import { SafeMap } from '../../ground/safe-map.ts'

/** What a cache that is asked over HTTP says of its answer. */
export type CacheAnswer = 'hit' | 'miss' | 'stale'

/** What a request is to a cache. No object: a method may be called anything, `constructor` too. */
const NAMES = new SafeMap<string, string>([
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'set'],
  ['POST', 'set'],
  ['PATCH', 'set'],
  ['DELETE', 'del'],
  ['PURGE', 'del'],
])

/** Headers in which caches and networks of them say it in a word of their own. */
const WORDS = ['x-cache', 'cf-cache-status', 'x-vercel-cache', 'x-cache-status']

export function cacheCall(method: string): string | undefined {
  return NAMES.get(method)
}

/**
 * Reads it from the answer's headers: `Cache-Status` (RFC 9211), the networks' own, else `Age`, which an answer has only
 * if it comes from a cache (RFC 9111, 5.1). Of several caches the nearest counts, which stands last.
 *
 * @param header a header's text by its name in lower case
 */
export function cacheAnswer(header: (name: string) => string | undefined): CacheAnswer | undefined {
  const status = header('cache-status')
  if (status !== undefined) return statusOf(last(status))
  for (const name of WORDS) {
    const word = header(name)
    const answer = word === undefined ? undefined : wordOf(last(word))
    if (answer !== undefined) return answer
  }
  return header('age') === undefined ? undefined : 'hit'
}

/** `ExampleCache; hit; ttl=-30`: expired by 30 s. */
function statusOf(text: string): CacheAnswer {
  const parameters = text.split(';').map((each) => each.trim().toLowerCase())
  if (!parameters.includes('hit')) return 'miss'
  return parameters.some((each) => each.startsWith('ttl=-')) ? 'stale' : 'hit'
}

function wordOf(text: string): CacheAnswer | undefined {
  if (/\b(?:stale|updating)\b/i.test(text)) return 'stale'
  if (/\b(?:refresh)?hit\b/i.test(text)) return 'hit'
  return /\b(?:miss|expired|bypass|dynamic|revalidated)\b/i.test(text) ? 'miss' : undefined
}

function last(list: string): string {
  return list.slice(list.lastIndexOf(',') + 1).trim()
}
