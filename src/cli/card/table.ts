import { columns, fitted, flowed, padded, wrapped } from './columns.ts'
import { type Ink, painted } from './ink.ts'

export interface Column {
  readonly title: string
  readonly align: 'start' | 'end'
  /** What its figure is called where the column has no room; absent: it is left out there. */
  readonly label?: string
}

export interface Cell {
  readonly text: string
  readonly ink?: Ink
}

export interface Row {
  /** One per column. */
  readonly cells: readonly Cell[]
  /** Said below the row, if not empty. */
  readonly note?: string
}

export interface Paper {
  readonly width: number
  readonly color: boolean
  /** Figures that have no room in their row are left out. */
  readonly brief?: boolean
}

const GAP = '  '
const INDENT = '    '
const NARROWEST_NAME = 10
/** Names are cut to this, and not further, for the sake of figures that otherwise have no room. */
const READABLE_NAME = 32

/**
 * A table in so many columns as there is room for, from the left; figures of the others follow below each row, by
 * their label. Columns without a figure are left out. `name` is the column that gives way when even the first ones (`keep`)
 * are too wide; where that is not enough, the last of these follow below, too.
 */
export function table(
  allHeads: readonly Column[],
  allRows: readonly Row[],
  { keep, name, paper }: { readonly keep: number; readonly name: number; readonly paper: Paper },
): string[] {
  const filled = <T>(cells: readonly T[]): readonly T[] =>
    cells.filter((_, at) => at < keep || allRows.some((row) => row.cells[at]!.text !== ''))
  const heads = filled(allHeads)
  const rows = allRows.map((row) => ({ ...row, cells: filled(row.cells) }))
  const widths = heads.map(({ title }, at) =>
    Math.max(columns(title), ...rows.map(({ cells }) => columns(cells[at]!.text))),
  )
  const shown = howMany(widths, { keep, name, width: paper.width })
  const over = total(widths.slice(0, shown)) - paper.width
  if (over > 0) widths[name] = Math.max(NARROWEST_NAME, widths[name]! - over)

  const line = (cells: readonly Cell[]): string => {
    const parts = cells.slice(0, shown).map(({ text, ink }, at) => {
      const width = widths[at]!
      return painted(padded(fitted(text, width), width, heads[at]!.align), ink, paper.color)
    })
    return parts.join(GAP).trimEnd()
  }
  const head = line(heads.map(({ title }) => ({ text: title, ink: 'faint' as const })))
  const body = rows.flatMap((row) => {
    const rest = row.cells
      .slice(shown, paper.brief ? Math.max(shown, keep) : undefined)
      .flatMap(({ text }, at) => labelled(heads[shown + at]!, text))
    const below = [...flowed(rest, paper.width, INDENT), ...wrapped(row.note ?? '', paper.width, INDENT)]
    return [line(row.cells), ...below.map((each) => painted(each, 'faint', paper.color))]
  })
  return [head, ...body]
}

function howMany(
  widths: readonly number[],
  { keep, name, width }: { readonly keep: number; readonly name: number; readonly width: number },
): number {
  const named = (most: number): readonly number[] => widths.with(name, Math.min(widths[name]!, most))
  const narrowest = named(NARROWEST_NAME)
  let shown = keep
  while (shown > name + 1 && total(narrowest.slice(0, shown)) > width) shown--
  if (shown < keep) return shown
  const readable = named(READABLE_NAME)
  while (shown < widths.length && total(readable.slice(0, shown + 1)) <= width) shown++
  return shown
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
}

function labelled({ label }: Column, text: string): readonly string[] {
  return label === undefined || text === '' ? [] : [`${label} ${text}`.trim()]
}
