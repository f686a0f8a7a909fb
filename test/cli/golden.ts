import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Compares with `test/golden/<name>`; with UPDATE_GOLDEN=1 writes it instead, for the review to see the difference. */
export function golden(name: string, actual: string): void {
  const path = fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
  }
  assert.equal(
    actual,
    readFileSync(path, 'utf8'),
    `differs from test/golden/${name}; UPDATE_GOLDEN=1 rewrites it`,
  )
}
