import { BETWEEN_WORDS } from '../../ground/figure-space.ts'

// Letters that take two columns of a terminal: CJK, full-width forms, emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** How many columns of a terminal a text takes. */
export function columns(text: string): number {
  let sum = 0
  for (const letter of text) sum += widthOf(letter)
  return sum
}

/** The text, cut with `…` where it is wider than `width`. */
export function fitted(text: string, width: number): string {
  if (columns(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const letter of text) {
    room -= widthOf(letter)
    if (room < 0) break
    kept += letter
  }
  return width > 0 ? `${kept}…` : ''
}

/** The text with spaces up to `width`, on its right or (`end`) on its left. */
export function padded(text: string, width: number, align: 'start' | 'end'): string {
  const spaces = ' '.repeat(Math.max(0, width - columns(text)))
  return align === 'start' ? text + spaces : spaces + text
}

function widthOf(letter: string): number {
  if (letter.codePointAt(0)! < 0x300) return 1
  if (/\p{M}/u.test(letter)) return 0
  return WIDE.test(letter) ? 2 : 1
}

/** Joins pieces by `between`, breaking lines between pieces, and one that is wider than a line between its words. */
export function flowed(pieces: readonly string[], width: number, indent: string, between = ' · '): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    const longer = line === '' ? indent + piece : line + between + piece
    if (columns(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const words = piece.split(BETWEEN_WORDS)
    const broken =
      words.length > 1 && columns(indent + piece) > width
        ? flowed(words, width, indent, ' ')
        : [indent + piece]
    lines.push(...broken.slice(0, -1))
    line = broken.at(-1) ?? ''
  }
  if (line !== '') lines.push(line)
  return lines.map((each) => fitted(each, width))
}

/** Pieces behind a lead, which further lines leave free. */
export function hung(lead: string, pieces: readonly string[], width: number, between: string): string[] {
  const indent = ' '.repeat(columns(lead))
  const [first = '', ...more] = flowed(pieces, width, indent, between)
  return [fitted(lead, width) + first.slice(indent.length), ...more]
}

/** A text in lines of at most `width`; its own line breaks and their indentation stay. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  return text === ''
    ? []
    : text.split('\n').flatMap((line) => {
        const [own = ''] = /^ */.exec(line) ?? []
        return flowed(line.trimStart().split(BETWEEN_WORDS), width, indent + own, ' ')
      })
}
