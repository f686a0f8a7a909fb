/** Whether plain data has a form. For what comes out of a store: floors load no zod. */
export type Check = (value: unknown) => boolean

/** The last instant that a Date can be. */
const LAST_DATE_MS = 8.64e15

export const text: Check = (value) => typeof value === 'string'

/** An instant or a duration, in ms. */
export const time: Check = (value) => typeof value === 'number' && Math.abs(value) <= LAST_DATE_MS

export const figure: Check = (value) => typeof value === 'number'

export function maybe(check: Check): Check {
  return (value) => value === undefined || check(value)
}

export function list(each: Check): Check {
  return (value) => Array.isArray(value) && value.every((item) => each(item))
}

export function either(...checks: readonly Check[]): Check {
  return (value) => checks.some((check) => check(value))
}

export function literal(...known: readonly unknown[]): Check {
  return (value) => known.includes(value)
}

/** An object with these fields, whatever else it has. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  const all = Object.entries(checks)
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    all.every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]))
}
