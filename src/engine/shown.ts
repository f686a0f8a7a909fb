/** Never what an object says of itself, nor by JSON.stringify: the application may have patched either to throw. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (value === null) return 'null'
  return typeof value === 'object' || typeof value === 'function' ? typeof value : String(value)
}
