import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of files that goes away with the test. A name ending in `*` is made executable (without the star). */
export function folder(
  test: { after: (done: () => void) => void },
  files: Readonly<Record<string, string>>,
): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'yardstick "cli\\ '))
  test.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name.replace(/\*$/, ''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (name.endsWith('*')) chmodSync(path, 0o755)
  }
  return (name) => join(root, name)
}
