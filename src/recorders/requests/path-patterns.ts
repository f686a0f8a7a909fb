import { Pattern } from '../../targets/pattern.ts'

interface PathPattern {
  readonly anyMethod: boolean
  /** What comes before the first `*`. */
  readonly prefix: string
  readonly pattern: Pattern
  /** The prefix decides: nothing but `**` follows, or nothing. */
  readonly kind: 'exact' | 'below' | 'other'
}

/** A path may have 16 KiB, and is matched on the application's thread; none that is meant is that long. */
const LONGEST_PATH = 2_048

/** Patterns over paths, for every request: most are decided by how the path begins. */
export class PathPatterns {
  readonly #patterns: readonly PathPattern[]

  constructor(texts: readonly string[]) {
    this.#patterns = texts.map(compiled)
  }

  /** @param url as in the request's head; a query, and what goes beyond 2 KiB, is left out */
  match(method: string, url: string): boolean {
    const query = url.indexOf('?')
    const end = Math.min(query === -1 ? url.length : query, LONGEST_PATH)
    const path = end === url.length ? url : url.slice(0, end)
    return this.#patterns.some((each) => matches(each, each.anyMethod ? path : `${method} ${path}`))
  }
}

function compiled(text: string): PathPattern {
  const star = text.indexOf('*')
  const prefix = star === -1 ? text : text.slice(0, star)
  const kind = star === -1 ? 'exact' : text === `${prefix}**` ? 'below' : 'other'
  return { anyMethod: text.startsWith('/'), prefix, pattern: new Pattern(text), kind }
}

function matches({ prefix, pattern, kind }: PathPattern, path: string): boolean {
  if (kind === 'exact') return path === prefix
  if (path.startsWith(prefix)) return kind === 'below' || pattern.matches(path)
  // A trailing `/**` may stand for nothing at all.
  return kind === 'below' && prefix.endsWith('/') && path === prefix.slice(0, -1)
}
