/** Text that is markup already. */
export interface Html {
  readonly text: string
}

type Part = string | Html | readonly Part[]

/** Markup from a template: whatever is put in is escaped, unless it came from here itself. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { text: pieces.map((piece, i) => (i === 0 ? '' : written(parts[i - 1]!)) + piece).join('') }
}

/** Markup of our own, as it is. */
export function raw(text: string): Html {
  return { text }
}

function written(part: Part): string {
  if (typeof part === 'string') return escaped(part)
  return 'text' in part ? part.text : part.map(written).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
