import type { Paper } from './card/table.ts'

/** What a command found: for programs, and in lines for people. */
export interface Found {
  readonly json: unknown
  readonly lines: readonly string[]
}

/** What standard output takes. In a pipe a line is a record: nothing is broken or cut. */
export function outputPaper(): Paper {
  const { isTTY, columns } = process.stdout
  return isTTY
    ? { width: columns || 80, color: !process.env.NO_COLOR }
    : { width: Number.POSITIVE_INFINITY, color: false }
}

export function printFound({ json, lines }: Found, options: { readonly json?: boolean }): void {
  const text = options.json === true ? JSON.stringify(json, undefined, 2) : lines.join('\n')
  process.stdout.write(`${text}\n`)
}
