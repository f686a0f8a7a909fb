import { LRUCache } from 'lru-cache'
import { createClient } from 'redis'

const TTL_S = 600
const PREFIX = 'shop:'
/** One command for all: of thousands at once each would wait for those before it, and seem slow. */
const FILL = `for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i + 1], 'EX', ARGV[1]) end`

/** What the second cache layer needs of a server. */
export interface KeyValueServer {
  /** For people: what this really is. */
  readonly description: string
  read(key: string): Promise<string | undefined>
  write(key: string, text: string): Promise<void>
  writeAll(entries: readonly (readonly [key: string, text: string])[]): Promise<void>
  remove(key: string): Promise<void>
  close(): Promise<void>
}

/** @throws Error when nothing answers at `url`. */
export async function redisServer(url: string): Promise<KeyValueServer> {
  let connected = false
  const client = createClient({
    url,
    // While Redis is away a command fails at once, so that requests go on without it.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (tries, cause) => (connected ? Math.min(tries * 100, 2_000) : cause),
    },
  })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (cause) {
    throw new Error(`no Redis answers at ${url}; without SHOP_REDIS_URL the shop does without`, { cause })
  }
  connected = true
  const write = async (key: string, text: string): Promise<void> => {
    await client.set(PREFIX + key, text, { expiration: { type: 'EX', value: TTL_S } })
  }
  return {
    description: `Redis at ${new URL(url).host}`,
    read: async (key) => (await client.get(PREFIX + key)) ?? undefined,
    write,
    writeAll: async (entries) => {
      const keys = entries.map(([key]) => PREFIX + key)
      await client.eval(FILL, { keys, arguments: [String(TTL_S), ...entries.map(([, text]) => text)] })
    },
    remove: async (key) => {
      await client.del(PREFIX + key)
    },
    close: async () => {
      client.destroy()
    },
  }
}

/**
 * For machines without Redis: a map in this process that answers on a later turn of the event loop. It has no
 * network, no serialisation and no other clients, so its times say nothing about a real Redis.
 */
export function standInServer(): KeyValueServer {
  const entries = new LRUCache<string, string>({ max: 20_000, ttl: TTL_S * 1_000 })
  const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    description: 'a stand-in in this process (no Redis here)',
    read: async (key) => {
      await later()
      return entries.get(key)
    },
    write: async (key, text) => {
      await later()
      entries.set(key, text)
    },
    writeAll: async (list) => {
      await later()
      for (const [key, text] of list) entries.set(key, text)
    },
    remove: async (key) => {
      await later()
      entries.delete(key)
    },
    close: async () => {},
  }
}
