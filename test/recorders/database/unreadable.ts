/** Descriptions of a query that throw when they are read: one at its text, one at everything. */
export function unreadable(text: string): readonly object[] {
  const fails = (): never => {
    throw new Error('asked for its text')
  }
  return [Object.defineProperty({}, text, { get: fails, enumerable: true }), new Proxy({}, { get: fails })]
}
