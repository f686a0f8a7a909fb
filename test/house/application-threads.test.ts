import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const ENTRIES = ['src/index.ts', 'src/preload.ts']

test("application threads load no package, no node:sqlite, no API, no store's and no notifier's code", () => {
  const wrong: string[] = []
  const seen = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (seen.has(file)) return
    seen.add(file)
    const way = [...path, file]
    if (/^src\/(api|cli)\/|^src\/(stores|notifiers)\/(.*\/|open\.ts)/.test(file)) wrong.push(way.join(' → '))
    for (const from of loadedBy(file)) {
      if (from.startsWith('.')) visit(join(dirname(file), from).replaceAll('\\', '/'), way)
      else if (!from.startsWith('node:') || from === 'node:sqlite') wrong.push([...way, from].join(' → '))
    }
  }
  for (const entry of ENTRIES) visit(entry, [])
  assert.deepEqual(wrong, [], 'these are loaded with every application; load them on the engine’s thread')
  assert.ok(seen.size > 20)
})

/** What is loaded along with the file: not types, not what it imports later. */
function loadedBy(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export) (?!type )(?:[^'"`;]*? from )?'([^']+)'/gm)].map(
    ([, from]) => from!,
  )
}
