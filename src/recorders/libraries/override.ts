import type { Detach } from '../../measure/recorder.ts'

type Method = (...args: never[]) => unknown

/** Own properties of a function that belong to it alone. */
const KEPT_OUT: ReadonlySet<PropertyKey> = new Set(['prototype', 'arguments', 'caller'])

/**
 * Puts another method in the place of an object's own or inherited one, under the same name, length and extra
 * properties. Undoing it puts things back, unless somebody else has wrapped ours meanwhile: then it stays.
 *
 * @param make is given the original, and what has it by its name: where it is inherited, somebody may put another in its
 * place later (`node:domain` does so with `emit`), which is the one to be called then
 */
export function override<K extends PropertyKey, T extends { [P in K]: Method }>(
  target: T,
  name: K,
  make: (original: T[K], holder: { readonly [P in K]: T[K] }) => T[K],
): Detach {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const original = target[name]
  const holder = own === undefined ? Object.getPrototypeOf(target) : { [name]: original }
  const replacement = make(original, holder)
  for (const key of Reflect.ownKeys(original)) {
    if (!KEPT_OUT.has(key)) define(replacement, key, Object.getOwnPropertyDescriptor(original, key)!)
  }
  if (own?.set !== undefined) {
    // A binding of an ES module: it is reached through its accessors only.
    target[name] = replacement
    return () => {
      if (target[name] === replacement) target[name] = original
    }
  }
  const enumerable = own?.enumerable ?? isListed(target, name)
  define(target, name, { value: replacement, writable: true, configurable: true, enumerable })
  return () => {
    if (target[name] !== replacement) return
    if (own === undefined) delete target[name]
    else define(target, name, own)
  }
}

/**
 * Whether `for…in` comes upon the method in what inherits from this prototype: a method of its own that is not listed would
 * hide it from who copies objects so. On any other object it would be one key more.
 */
function isListed(target: object, name: PropertyKey): boolean {
  if (!Object.hasOwn(target, 'constructor')) return false
  for (const each in target) if (each === name) return true
  return false
}

/** A `get` that somebody put on Object.prototype would make every descriptor a wrong one. */
function define(target: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
  Object.defineProperty(target, name, Object.setPrototypeOf(descriptor, null))
}
