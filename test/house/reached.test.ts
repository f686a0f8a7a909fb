import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

test('an entry of the package leads to every file in src', () => {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file) || !existsSync(file)) return
    reached.add(file)
    // Whether it is imported or started by its URL, its path stands in quotes; `require` names what it becomes.
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/'(\.\.?\/[^'\n]+\.c?[jt])s'/g)) {
      visit(slashes(join(dirname(file), `${path!.slice(0, -1)}ts`)))
    }
  }
  const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const [, path, ending] of JSON.stringify([bin, exports]).matchAll(/"\.\/dist\/([\w/-]+)\.(c?)js"/g)) {
    visit(path!.startsWith('contracts/') ? `${path}.ts` : `src/${path}.${ending}ts`)
  }
  assert.deepEqual(
    globSync('src/**/*.{ts,cts}')
      .map(slashes)
      .filter((file) => !reached.has(file)),
    [],
    'nothing of the package uses these: delete them, or move what is for tests to test/',
  )
})

function slashes(file: string): string {
  return file.replaceAll('\\', '/')
}
