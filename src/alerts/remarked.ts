/** What somebody did, and what they said of it, if anything: `acknowledged by ann: restarting the pool`. */
export function remarked(what: string, comment: string): string {
  return comment === '' ? what : `${what}: ${comment}`
}
