/** `"50ms"`, `"1.5s"`, `"5min"`, `"25h"`, `"30d"`; a bare number is milliseconds. */
export type DurationOption = string | number
