import { glanceText } from '../alert-description.ts'
import type { AlertDescription, Badge, Description } from '../description.ts'
import { alertHtml, shortAlertHtml, unbroken } from './alert-html.ts'
import { type Html, html, raw } from './markup.ts'
import { STYLE } from './style.ts'

/** Nobody scrolls through more of them at night. */
const WITH_DETAILS = 3

/**
 * The mail as people see it at night on a telephone: what is wrong and by how much on the first screen, the evidence
 * below. Tables and a width of at most 640 px, because mail clients know little else; no picture, no script, nothing
 * that is loaded.
 */
export function mailHtml(description: Description): string {
  const { badges, tone, title, reason, time, alerts, notes, link } = description
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body class="page">
<div class="preheader">${preview(alerts, reason)}</div>
<table role="presentation" class="page outer" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0">
<tr><td class="band ${tone}">&#8203;</td></tr>
<tr><td class="head">
${badges.map(badgeHtml)}<h1>${unbroken(title)}</h1>
<p class="reason">${reason}</p>
<p class="faint">${time}</p>
</td></tr>
${alerts.slice(0, WITH_DETAILS).map(alertHtml)}${alerts.slice(WITH_DETAILS).map(shortAlertHtml)}
${notes.length === 0 ? '' : html`<tr><td class="part notes">${notes.map((note) => html`<p>${note}</p>`)}</td></tr>`}
${link === undefined ? '' : html`<tr><td class="part"><a class="button" href="${link}">Details</a></td></tr>`}
<tr><td class="foot faint">Sent by Yardstick, from inside the service.</td></tr>
</table>
</td></tr></table>
</body>
</html>
`
  return page.text
}

function badgeHtml({ text, tone }: Badge): Html {
  return html`<span class="badge ${tone}">${text}</span>
`
}

/** What a client shows beside the subject, before the mail is opened. */
function preview(alerts: readonly AlertDescription[], reason: string): Html {
  const [first] = alerts
  return first === undefined ? html`${reason}` : html`${glanceText(first)}. ${reason}`
}
