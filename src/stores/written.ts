/**
 * A text as databases take it. Node 22 reads one of SQLite only up to its first NUL, PostgreSQL takes none with a NUL:
 * that one is written in another way.
 */
export function writable(text: string): string {
  return text.replaceAll('\u0001', '\u00011').replaceAll('\0', '\u00010')
}

/** The text that `writable` made this of. */
export function readable(written: string): string {
  return written.replaceAll('\u00010', '\0').replaceAll('\u00011', '\u0001')
}
