import type { AlertDescription, Description } from './description.ts'

/** The description as plain text: the e-mail's other half, and what a webhook's receiver may print as it is. */
export function plainText(description: Description): string {
  const { badge, title, reason, time, alerts, notes, link } = description
  return [
    `${badge} · ${title}`,
    `${reason} (${time})`,
    ...alerts.map((alert) => `\n${alertText(alert)}`),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...(link === undefined ? [] : ['', `Details: ${link}`]),
    '',
  ].join('\n')
}

function alertText({
  badge,
  target,
  value,
  limit,
  ratio,
  rows,
  contributors,
  slowest,
}: AlertDescription): string {
  const width = Math.max(...rows.map(({ label }) => label.length))
  const lines = [
    `${target}: ${badge}`,
    `  ${value}, ${limit}: ${ratio}`,
    ...rows.map(({ label, text }) => `  ${label.padEnd(width)}  ${text}`),
  ]
  if (contributors.length > 0) {
    lines.push('  Most of it')
    for (const { series, text } of contributors) lines.push(`    ${series}`, `      ${text}`)
  }
  if (slowest !== undefined) {
    lines.push('  Slowest example', `    ${slowest.series} ${slowest.text}`)
    for (const { name, text } of slowest.parts) lines.push(`      ${name}: ${text}`)
    if (slowest.traceId !== undefined) lines.push(`      trace ${slowest.traceId}`)
  }
  return lines.join('\n')
}
