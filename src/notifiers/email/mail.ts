import { createHash } from 'node:crypto'
import type { Notice } from '../../alerts/notice.ts'
import { badgeText, describe } from '../description.ts'
import { plainText } from '../plain-text.ts'
import { headerText } from '../wording.ts'
import { mailHtml } from './html.ts'

/** What is the same for every sender and receiver. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly inReplyTo: string
  readonly references: string
  readonly priority: 'high' | 'normal'
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A notice as mail. All mails of a group refer to one message that was never sent: that is how clients make a thread
 * of them without our having to remember which was the first.
 */
export function mailOf(notice: Notice): Mail {
  const description = describe(notice)
  const thread = idOf(`group ${notice.service} ${notice.group}`)
  return {
    subject: `[${badgeText(description)}] ${description.title}`,
    text: plainText(description),
    html: mailHtml(description),
    messageId: idOf(`notice ${notice.id}`),
    inReplyTo: thread,
    references: thread,
    priority: notice.severity === 'CRITICAL' && notice.reason !== 'test' ? 'high' : 'normal',
    headers: {
      // Out-of-office answers, lists and loops keep away.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Yardstick-Notice': headerText(notice.id),
    },
  }
}

/** The same for the same input: a mail that is sent twice has one id, and most servers deliver it once. */
function idOf(what: string): string {
  return `<${createHash('sha256').update(what).digest('hex').slice(0, 32)}@yardstick.invalid>`
}
