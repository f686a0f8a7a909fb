/** The parts of Slack's Block Kit that we use. */
export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'divider' }
  | { readonly type: 'context'; readonly elements: readonly PlainText[] }
  | { readonly type: 'rich_text'; readonly elements: readonly RichSection[] }
  | { readonly type: 'actions'; readonly elements: readonly Button[] }

export interface PlainText {
  readonly type: 'plain_text'
  readonly text: string
  /** `true` would make pictures of `:tada:`. */
  readonly emoji: false
}

export interface RichSection {
  readonly type: 'rich_text_section'
  readonly elements: readonly RichElement[]
}

export interface RichElement {
  readonly type: 'text'
  readonly text: string
  readonly style?: { readonly bold?: true; readonly code?: true }
}

export interface Button {
  readonly type: 'button'
  readonly text: PlainText
  readonly url: string
  readonly action_id: string
}

export function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false }
}

export function bold(text: string): RichElement {
  return { type: 'text', text, style: { bold: true } }
}

export function code(text: string): RichElement {
  return { type: 'text', text, style: { code: true } }
}

export function section(elements: readonly RichElement[]): RichSection {
  return { type: 'rich_text_section', elements }
}

export function rich(element: RichSection): Block {
  return { type: 'rich_text', elements: [element] }
}
