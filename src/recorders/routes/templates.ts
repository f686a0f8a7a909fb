import { SafeMap } from '../../ground/safe-map.ts'
/** A path as Express and its router keep it. */
export type Path = string | RegExp | readonly Path[]

/** Applications have a few hundred routes; one that makes them without end must not make us remember them. */
const REMEMBERED = 2000

/**
 * Joins mounts' templates with paths. The same text object comes back for the same two, so that finding its series
 * is cheap.
 */
export class Templates {
  readonly #joined = new SafeMap<string, SafeMap<Path, string>>()
  #remembered = 0

  /** @example join('/api/:version', ['/users', '/users/:id']) // '/api/:version/users|/api/:version/users/:id' */
  join(mount: string, path: Path): string {
    return this.#joined.get(mount)?.get(path) ?? this.#join(mount, path)
  }

  #join(mount: string, path: Path): string {
    const alternatives = Array.isArray(path) ? path : [path]
    const template = alternatives.map((one) => joined(mount, textOf(one))).join('|')
    if (this.#remembered >= REMEMBERED) return template
    this.#remembered++
    const paths = this.#joined.get(mount) ?? new SafeMap<Path, string>()
    this.#joined.set(mount, paths.set(path, template))
    return template
  }
}

function joined(mount: string, path: string): string {
  if (path === '' || path === '/') return mount === '' ? '/' : mount
  if (mount === '' || mount === '/') return path
  return path.startsWith('/') ? mount + path : `${mount}/${path}`
}

function textOf(path: Path): string {
  return Array.isArray(path) ? path.map(textOf).join('|') : String(path)
}
