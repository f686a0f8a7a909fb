import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

/** Why there is no browser to look with; `false` when there is. */
export const noChromium: string | false = existsSync(EXECUTABLE) ? false : `${EXECUTABLE} is not installed`

/** Debian's Chromium, which asks nothing of anybody. */
export function launch(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet]
  return chromium.launch({ executablePath: EXECUTABLE, args })
}
