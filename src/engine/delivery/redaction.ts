const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Of an address the host is enough to find the fault; the rest is where webhooks keep their secret.
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'<>]*@)?([^\s/?#"'<>@]+)(?:[/?#][^\s"'<>]+)/gi, '$1$2/…'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, '$1'],
  [/\b(bearer|basic|token|splunk|apikey)\s+[^\s"',;]{6,}/gi, '$1 …'],
  [
    /\b([\w-]*(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|routing[_-]?key|authorization|signature|cookie))(["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi,
    '$1$2…',
  ],
  // Nobody writes words of this length with digits in them.
  [/(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{32,}/g, '…'],
]

/** Shorter ones would black out ordinary words. */
const SHORTEST = 4

/**
 * The text without what looks like a secret, and without those that are known (as they are, in an address, in base64).
 * Every error that leaves the delivery passes through here.
 *
 * @example
 * redacted('POST https://hooks.example/T0/B1/x failed') // 'POST https://hooks.example/… failed'
 */
export function redacted(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of [...secrets].sort((one, other) => other.length - one.length)) {
    for (const form of formsOf(secret)) clean = clean.replaceAll(form, '…')
  }
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement)
  return clean
}

function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST) return []
  const base64 = Buffer.from(secret).toString('base64')
  return [secret, encodeURIComponent(secret.toWellFormed()), base64, base64.replace(/=+$/, '')]
}
