import { columns, padded } from './columns.ts'

/** Lines of a table without frames: columns as wide as their widest text, two spaces apart. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => columns(row[at]!))))
  return rows.map((row) =>
    row
      .map((text, at) => padded(text, widths[at]!, 'start'))
      .join('  ')
      .trimEnd(),
  )
}
