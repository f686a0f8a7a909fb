import { z } from 'zod'
import { CACHE_KINDS, type CacheComponent } from '../measure/cache-layers.ts'
import type { Field } from './shape.ts'

export type CacheLayerOption = 'L1' | 'L2' | 'L3'

const MOST = 200
const LONGEST = 200
const COMPONENTS: Readonly<Record<CacheLayerOption, CacheComponent>> = {
  L1: 'cache_l1',
  L2: 'cache_l2',
  L3: 'cache_l3',
}

/** Which layer a cache belongs to: by library, by library and name, by table, by host. */
export const layers: Field<Readonly<Record<string, CacheComponent>>> = {
  kind: 'field',
  schema: z
    .record(z.string().max(LONGEST).refine(isKind), z.enum(['L1', 'L2', 'L3']))
    .refine((input) => Object.keys(input).length <= MOST)
    .transform((input) =>
      Object.fromEntries(Object.entries(input).map(([cache, layer]) => [cache.trim(), COMPONENTS[layer]])),
    ),
  expected: () =>
    `at most ${MOST} caches with their layers, "L1", "L2" or "L3"; a cache is one of ${CACHE_KINDS.join(', ')}, alone or with a name; of a table or a host with one`,
  fix: () => 'write { "lru-cache": "L1", "ioredis cache.internal:6379": "L2", "table price_cache": "L3" }',
}

/** What the environment says: `lru-cache=L1, ioredis cache.internal:6379=L2`. */
export function layersFrom(text: string): unknown {
  const pairs = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf('=')
      return [
        pair.slice(0, Math.max(at, 0)).trim(),
        pair
          .slice(at + 1)
          .trim()
          .toUpperCase(),
      ]
    }),
  )
}

function isKind(cache: string): boolean {
  const [kind = '', ...name] = cache.trim().split(/\s+/)
  const needsName = kind === 'table' || kind === 'host'
  return (CACHE_KINDS as readonly string[]).includes(kind) && (!needsName || name.length === 1)
}
