type Method = (this: unknown, ...args: never[]) => unknown

/**
 * A method decorator, standard (TC39) or of TypeScript's older kind (`experimentalDecorators`): both compilers find
 * the form they call.
 */
export interface Decorator {
  <M extends (...args: never[]) => unknown>(method: M, context: ClassMethodDecoratorContext): M
  (prototype: object, key: string | symbol, descriptor: PropertyDescriptor): void
}

/** Makes a decorator of something that runs a function and records it. */
export function decorator(run: (fn: () => unknown) => unknown): Decorator {
  const wrap = (method: Method): Method => {
    const tracked = function (this: unknown, ...args: never[]): unknown {
      return run(() => method.apply(this, args))
    }
    for (const key of ['name', 'length'] as const) {
      Object.defineProperty(tracked, key, { value: method[key], configurable: true })
    }
    return tracked
  }
  return ((first: Method, _context: unknown, descriptor?: PropertyDescriptor): Method | undefined => {
    if (descriptor === undefined) return wrap(first)
    descriptor.value = wrap(descriptor.value as Method)
    return undefined
  }) as Decorator
}
