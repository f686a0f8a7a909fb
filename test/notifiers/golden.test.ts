import { test } from 'node:test'
import { NOON_MS, NOTICES } from '../../contracts/notifier/notices.ts'
import { alertsOfNotice } from '../../src/notifiers/alertmanager/alerts.ts'
import { describe } from '../../src/notifiers/description.ts'
import { mailOf } from '../../src/notifiers/email/mail.ts'
import { eventsOf } from '../../src/notifiers/pagerduty/events.ts'
import { plainText } from '../../src/notifiers/plain-text.ts'
import { messageOf } from '../../src/notifiers/slack/message.ts'
import { webhookBody } from '../../src/notifiers/webhook/body.ts'
import { golden } from '../cli/golden.ts'

const SHOWN = ['fired', 'warning', 'failing', 'burn', 'beside', 'resolved', 'hostile'] as const

for (const name of SHOWN) {
  const notice = NOTICES[name]!
  test(`${name}: what each medium is sent is what was reviewed`, () => {
    const { html, text, ...head } = mailOf(notice)
    golden(`notifiers/${name}.txt`, plainText(describe(notice)))
    golden(`notifiers/${name}.slack.json`, pretty(messageOf(notice)))
    golden(`notifiers/${name}.email.html`, html)
    golden(`notifiers/${name}.email.json`, pretty({ ...head, text }))
    golden(`notifiers/${name}.webhook.json`, pretty(JSON.parse(webhookBody(notice))))
    golden(`notifiers/${name}.pagerduty.json`, pretty(eventsOf(notice)))
    golden(`notifiers/${name}.alertmanager.json`, pretty(alertsOfNotice(notice, NOON_MS + 100_000)))
  })
}

function pretty(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`
}
