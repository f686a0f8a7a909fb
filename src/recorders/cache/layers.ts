/**
 * The layers of a cache. Where the application tracks a read or a write of any of them itself, what a library does
 * inside is that operation: the layer is the application's to say, and nothing counts twice.
 */
export const LAYERS: readonly string[] = ['cache_l1', 'cache_l2', 'cache_l3']
