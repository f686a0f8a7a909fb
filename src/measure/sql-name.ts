/** From this many digits on, a number in a name tells a day or a tenant, not a table. */
const LONG_NUMBER = 4
const [DOUBLE, DOLLAR, BRACKET, UNDERSCORE, BACKTICK] = [34, 36, 91, 95, 96]

/**
 * A table's name as a series tells it: without quotes that it does not need, long numbers as `?`.
 *
 * @param written one part of the name, as it stands in the query
 * @example sqlName('"users"') // 'users'
 * @example sqlName('events_20260131') // 'events_?'
 */
export function sqlName(written: string): string {
  const first = written.charCodeAt(0)
  const quoted = first === DOUBLE || first === BRACKET || first === BACKTICK
  const inner = quoted ? written.slice(1, -1) : written
  const shown = withoutLongNumbers(inner)
  return quoted && !isPlain(inner) ? written.charAt(0) + shown + written.charAt(written.length - 1) : shown
}

function withoutLongNumbers(name: string): string {
  let shown = ''
  let from = 0
  let digits = 0
  for (let at = 0; at <= name.length; at++) {
    if (at < name.length && isDigit(name.charCodeAt(at))) {
      digits++
      continue
    }
    if (digits >= LONG_NUMBER) {
      shown += `${name.slice(from, at - digits)}?`
      from = at
    }
    digits = 0
  }
  return from === 0 ? name : shown + name.slice(from)
}

function isPlain(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    const letter = (code | 32) >= 97 && (code | 32) <= 122
    if (!letter && !isDigit(code) && code !== UNDERSCORE && code !== DOLLAR && code < 128) return false
  }
  return name.length > 0
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
