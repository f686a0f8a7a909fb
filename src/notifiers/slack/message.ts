import type { Notice } from '../../alerts/notice.ts'
import { type AlertDescription, glanceText } from '../alert-description.ts'
import { describe, type Tone } from '../description.ts'
import { type Block, bold, code, plain, type RichElement, rich, section } from './blocks.ts'

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#d1242f',
  warning: '#d4820c',
  good: '#1a7f37',
  neutral: '#57606a',
}

const MARKS: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', good: '🟢', neutral: '⚪' }

/** Slack takes 50 blocks a message and 150 characters a header. */
const LONGEST_HEADER = 150
const ALERTS_WITH_DETAILS = 5
const SHOWN_CONTRIBUTORS = 3

const DIVIDER: Block = { type: 'divider' }

/** What `chat.postMessage` and incoming webhooks take. */
export interface SlackMessage {
  /** For notifications and screen readers; not shown beside blocks. */
  readonly text: string
  readonly mrkdwn: false
  readonly unfurl_links: false
  readonly blocks: readonly Block[]
  /** Only attachments have a colour at their side. */
  readonly attachments: readonly [{ readonly color: string; readonly blocks: readonly Block[] }]
}

/**
 * A notice as blocks. Names from the outside stand in rich text and plain text only: these show characters as they
 * are, so that `*`, `<!channel>` and `:tada:` in a route do nothing. Slack's mrkdwn has no way to write a `*`.
 */
export function messageOf(notice: Notice): SlackMessage {
  const description = describe(notice)
  const { badges, tone, title, alerts, notes, link } = description
  const said = badges.map((badge) => `${MARKS[badge.tone]} ${badge.text}`).join(' ')
  const heading = `${said} · ${title}`
  const details: Block[] = [
    ...alerts
      .slice(0, ALERTS_WITH_DETAILS)
      .flatMap((alert, i) => [...(i === 0 ? [] : [DIVIDER]), detailed(alert)]),
    ...short(alerts.slice(ALERTS_WITH_DETAILS)),
    ...(notes.length === 0 ? [] : [{ type: 'context' as const, elements: notes.map(plain) }]),
    ...(link === undefined ? [] : [button(link)]),
    { type: 'context', elements: [plain(`${description.time} · Yardstick`)] },
  ]
  return {
    text: escaped(heading),
    mrkdwn: false,
    unfurl_links: false,
    blocks: [
      { type: 'header', text: plain(cut(heading)) },
      rich(section([{ type: 'text', text: description.reason }])),
    ],
    attachments: [{ color: COLOURS[tone], blocks: details }],
  }
}

function detailed(alert: AlertDescription): Block {
  const { rows, contributors, slowest } = alert
  const lines: RichElement[][] = [
    glance(alert),
    ...rows.map(({ label, text }): RichElement[] => [bold(label), { type: 'text', text: `  ${text}` }]),
  ]
  const worst = contributors.slice(0, SHOWN_CONTRIBUTORS)
  if (worst.length > 0) lines.push([bold('Most of it')])
  for (const { series, text } of worst) {
    lines.push([{ type: 'text', text: '• ' }, code(series), { type: 'text', text: `  ${text}` }])
  }
  if (slowest !== undefined) {
    const parts = slowest.parts.map(({ name, text }) => `${name}: ${text}`).join(', ')
    const trace = slowest.traceId === undefined ? '' : `; trace ${slowest.traceId}`
    const rest = `  ${slowest.text}: ${parts}${trace}`
    lines.push([
      bold('Slowest example'),
      { type: 'text', text: '  ' },
      code(slowest.series),
      { type: 'text', text: rest },
    ])
  }
  return rich(section(joined(lines)))
}

/** Alerts beyond those with details: a line each. */
function short(alerts: readonly AlertDescription[]): readonly Block[] {
  if (alerts.length === 0) return []
  return [DIVIDER, rich(section(joined(alerts.map(glance))))]
}

function glance(alert: AlertDescription): RichElement[] {
  return [bold(alert.name), { type: 'text', text: `  ${alert.badge}: ${glanceText(alert)}` }]
}

function joined(lines: readonly (readonly RichElement[])[]): readonly RichElement[] {
  return lines.flatMap((line, i) => (i === 0 ? line : [{ type: 'text' as const, text: '\n' }, ...line]))
}

function button(url: string): Block {
  return {
    type: 'actions',
    elements: [{ type: 'button', text: plain('Details'), url, action_id: 'details' }],
  }
}

function cut(text: string): string {
  return text.length > LONGEST_HEADER ? `${text.slice(0, LONGEST_HEADER - 1).toWellFormed()}…` : text
}

/** The one text that Slack reads for mentions and links. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
