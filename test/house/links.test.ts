import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const pages = globSync(['*.md', 'docs/**/*.md', 'bench/*.md', 'examples/**/*.md'], {
  exclude: ['**/node_modules/**'],
})

test('every relative link of README, docs, bench and examples leads somewhere', () => {
  assert.ok(pages.length > 5)
  const broken: string[] = []
  let links = 0
  for (const page of pages) {
    for (const [, target] of prose(page).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target!)) continue
      links++
      const [path, anchor] = target!.split('#', 2)
      const file = path === '' ? page : join(dirname(page), decodeURIComponent(path!))
      if (!existsSync(file)) broken.push(`${page}: ${target} – there is no ${file}`)
      else if (anchor !== undefined && file.endsWith('.md') && !anchors(file).has(anchor))
        broken.push(`${page}: ${target} – ${file} has no heading for #${anchor}`)
    }
  }
  assert.deepEqual(broken, [])
  assert.ok(links > 10, `only ${links} links were found`)
})

/** The page without its examples. */
function prose(page: string): string {
  return readFileSync(page, 'utf8').replace(/^(`{3,}).*?^\1/gms, '')
}

/** What headings are called in links: lower case, without punctuation, spaces as hyphens; a repeat is numbered. */
function anchors(page: string): ReadonlySet<string> {
  const found = new Map<string, number>()
  const names = new Set<string>()
  for (const [, heading] of prose(page).matchAll(/^#{1,6} +(.+?)\s*$/gm)) {
    const name = heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-')
    const times = found.get(name) ?? 0
    found.set(name, times + 1)
    names.add(times === 0 ? name : `${name}-${times}`)
  }
  return names
}
