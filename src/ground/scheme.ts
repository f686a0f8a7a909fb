/** The scheme of what is an address and no path: `mysql` of `mysql://host/shop`. One letter would be a drive. */
export function schemeOf(input: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(input)?.[1]?.toLowerCase()
}
