/** What the command line ends with. `yardstick run` ends with the application's own code instead. */
export const EXIT_CODE = {
  ok: 0,
  /** A check failed. */
  failed: 1,
  /** The command line is wrong, what it names was not found, or nothing answers at the address. */
  usage: 2,
} as const
