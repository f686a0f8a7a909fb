/**
 * Whether a version lies within a range of the kind that recorders declare: comparisons with `>=` and `<`, joined by
 * spaces (and), alternatives by `||`. A pre-release counts as its release.
 *
 * @example inRange('8.23.1', '>=8 <9 || >=10.2 <11') // true
 */
export function inRange(version: string, range: string): boolean {
  const parts = numbers(version)
  return range.split('||').some((alternative) => {
    const comparisons = alternative.trim().split(/\s+/)
    return comparisons.every((comparison) => {
      const least = comparison.startsWith('>=')
      const order = compare(parts, numbers(comparison.slice(least ? 2 : 1)))
      return least ? order >= 0 : order < 0
    })
  })
}

function numbers(version: string): readonly number[] {
  return version.split(/[-+]/, 1)[0]!.split('.').map(Number)
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
