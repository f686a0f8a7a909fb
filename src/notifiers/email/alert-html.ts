import { WITHIN_FIGURE } from '../../ground/figure-space.ts'
import type { AlertDescription, Contributor, Row, SlowestDescription } from '../alert-description.ts'
import { type Html, html, raw } from './markup.ts'

/** One alert as a row of the mail's table. */
export function alertHtml(alert: AlertDescription): Html {
  const { rows, contributors, slowest } = alert
  return html`<tr><td class="part">
${glance(alert)}
<table role="presentation" class="rows" width="100%" cellpadding="0" cellspacing="0">
${rows.map(rowHtml)}
</table>
${contributors.length === 0 ? '' : html`<h3>Most of it</h3>${contributors.map(contributorHtml)}`}
${slowest === undefined ? '' : slowestHtml(slowest)}
</td></tr>`
}

/** One of many: what a glance takes, and nothing else. */
export function shortAlertHtml(alert: AlertDescription): Html {
  return html`<tr><td class="part short">
${glance(alert)}
</td></tr>`
}

function glance({ name, badge, value, limit, ratio }: AlertDescription): Html {
  return html`<h2>${name} <span class="faint">${badge}</span></h2>
<p class="glance"><span class="figure">${unbroken(value)}</span> <span class="faint">${unbroken(limit)}</span>${ratio === undefined ? '' : html` <span class="ratio">${ratio}</span>`}</p>`
}

function rowHtml({ label, text }: Row): Html {
  return html`<tr><td class="label faint">${label}</td><td class="text">${unbroken(text)}</td></tr>
`
}

function contributorHtml({ series, text, share }: Contributor): Html {
  return html`<div class="item"><div class="name">${series}</div>${bar(share)}<div class="faint">${unbroken(text)}</div></div>
`
}

function slowestHtml({ series, text, parts, traceId }: SlowestDescription): Html {
  return html`<h3>Slowest example</h3>
<p class="text"><span class="name">${series}</span> ${unbroken(text)}</p>
${parts.map(
  ({
    name,
    text: took,
    share,
  }) => html`<div class="item"><div class="split"><b>${name}</b> <span class="faint">${took}</span></div>${bar(share)}</div>
`,
)}${traceId === undefined ? '' : html`<p class="faint name">trace ${traceId}</p>`}`
}

/** A share 0–1 as a bar; two cells of a table, as mail clients that know no CSS width still draw it. */
function bar(share: number): Html {
  const percent = Math.round(share * 100)
  const rest = percent < 100 ? raw(`<td class="rest" width="${100 - percent}%"></td>`) : ''
  const part = percent > 0 ? raw(`<td class="filled" width="${percent}%"></td>`) : ''
  return html`<table role="presentation" class="bar" width="100%" cellpadding="0" cellspacing="0"><tr>${part}${rest}</tr></table>`
}

/** A figure and its unit stay on one line. */
export function unbroken(text: string): string {
  return text.replace(WITHIN_FIGURE, '\u00a0')
}
