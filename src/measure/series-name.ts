/** The name that series share once there are too many of them. */
export const OTHER = '(other)'
/** Longer names are cut: a name is a route template or a query's fingerprint, never its text. */
export const NAME_LENGTH = 200

/** The name as it is announced and stored, where half a character would come back as another one. */
export function shortened(name: string): string {
  return (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name).toWellFormed()
}
