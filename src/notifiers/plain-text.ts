import { glanceText } from './alert-description.ts'
import { type AlertDescription, badgeText, type Description } from './description.ts'

/** The description as plain text: the e-mail's other half, and what a webhook's receiver may print as it is. */
export function plainText(description: Description): string {
  const { title, reason, time, alerts, notes, link } = description
  return [
    `${badgeText(description)} · ${title}`,
    `${reason} (${time})`,
    ...alerts.map((alert) => `\n${alertText(alert)}`),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...(link === undefined ? [] : ['', `Details: ${link}`]),
    '',
  ].join('\n')
}

function alertText(alert: AlertDescription): string {
  const { badge, name, rows, contributors, slowest } = alert
  const width = Math.max(...rows.map(({ label }) => label.length))
  const lines = [
    `${name}: ${badge}`,
    `  ${glanceText(alert)}`,
    ...rows.map(({ label, text }) => `  ${label.padEnd(width)}  ${text}`),
  ]
  if (contributors.length > 0) {
    lines.push('  Most of it')
    for (const { series, text } of contributors) lines.push(`    ${series}`, `      ${text}`)
  }
  if (slowest !== undefined) {
    lines.push('  Slowest example', `    ${slowest.series} ${slowest.text}`)
    for (const part of slowest.parts) lines.push(`      ${part.name}: ${part.text}`)
    if (slowest.traceId !== undefined) lines.push(`      trace ${slowest.traceId}`)
  }
  return lines.join('\n')
}
