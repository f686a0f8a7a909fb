/** Node's own promises, those of `async` functions, whatever the application has put in the place of the global ones. */
export const OwnPromise = (async () => {})().constructor as PromiseConstructor

export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof OwnPromise || value instanceof Promise
}
