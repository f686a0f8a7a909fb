import { userInfo } from 'node:os'

/** Who decides something by the command line: who was named, else the user of this machine. */
export function whoIs({ by }: { readonly by?: string }): string {
  if (by !== undefined) return by
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as in some containers.
    return 'somebody'
  }
}
