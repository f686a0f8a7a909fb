/** Which server a client is connected to; what is left out is the default of Redis. */
interface Server {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** A socket of the file system. */
  readonly path?: string | undefined
  readonly database?: number
}

/** The names by which the configuration may mean it, the most particular first: `cache.internal:6379/0`, and less. */
export function serverNames({
  host = 'localhost',
  port = 6379,
  path,
  database = 0,
}: Server): readonly string[] {
  const place = path ?? `${host}:${port}`
  return path === undefined ? [`${place}/${database}`, place, host] : [`${place}/${database}`, place]
}
