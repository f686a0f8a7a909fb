/**
 * For the hot path: a Map, and a Set, that keep the methods they had when this was loaded, whatever the application
 * puts on `Map.prototype` afterwards. A look-up costs what a plain Map's does.
 */
export class SafeMap<K, V> extends Map<K, V> {}
export class SafeSet<T> extends Set<T> {}

keep(SafeMap.prototype, Map.prototype)
keep(SafeSet.prototype, Set.prototype)

function keep(own: object, from: object): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'constructor') continue
    const descriptor = Object.getOwnPropertyDescriptor(from, key)!
    // A `get` that somebody put on Object.prototype would make it a wrong one.
    Object.defineProperty(own, key, Object.setPrototypeOf(descriptor, null))
  }
}
