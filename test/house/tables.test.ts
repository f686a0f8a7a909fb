import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Endpoint } from '../../src/api/endpoint.ts'
import { BASE } from '../../src/api/endpoint.ts'
import { ENDPOINTS } from '../../src/api/endpoints.ts'
import { NOTIFIER_SHAPES } from '../../src/config/notifier-shapes.ts'
import { NOTIFIER_KINDS } from '../../src/notifiers/open.ts'
import { STORE_KINDS } from '../../src/stores/open.ts'

// An extension is one file and one line in a table; who forgets the line, or its line in the docs, is told here.

const read = (file: string): string => readFileSync(file, 'utf8')
const files = (pattern: string): readonly string[] => globSync(pattern).map(slashes).sort()
const slashes = (file: string): string => file.replaceAll('\\', '/')

/** Files of `pattern` that export a function which returns `type`, and its name. */
function makers(pattern: string, type: string): readonly { readonly file: string; readonly name: string }[] {
  const signature = /^export (?:async )?function (\w+)(?:[^\n]|\n(?!\}))*?\): ([^{\n]+) \{$/gm
  return files(pattern).flatMap((file) =>
    [...read(file).matchAll(signature)]
      .filter(([, , returned]) => returned === type)
      .map(([, name]) => ({ file, name: name! })),
  )
}

/** The array or object that `table` names in `file`, as text. */
function tableIn(file: string, table: string): string {
  const text = new RegExp(`^(?:export )?const ${table}\\b[\\s\\S]*?^[\\]}]|^const ${table} = .*$`, 'm').exec(
    read(file),
  )
  assert.ok(text, `${file} has no table ${table} any more: tell test/house/tables.test.ts where it is`)
  return text[0]
}

test('every file in src/api/endpoints is in ENDPOINTS, and README.md names it', async () => {
  const found = files('src/api/endpoints/*.ts')
  assert.ok(found.length > 0)
  for (const file of found) {
    const exported: readonly unknown[] = Object.values(await import(pathToFileURL(resolve(file)).href))
    assert.ok(
      exported.some((each) => ENDPOINTS.includes(each as Endpoint)),
      `${file} exports no endpoint that is in ENDPOINTS: add its line to src/api/endpoints.ts`,
    )
  }
  assert.equal(
    ENDPOINTS.length,
    found.length,
    'src/api/endpoints.ts lists an endpoint that has no file of its own',
  )
  const readme = read('README.md')
  // What lies below one of them, such as alerts/summary, is for docs/api.md, which its own test looks at.
  const names = new Set(ENDPOINTS.map(({ path }) => path.split('/')[1] ?? ''))
  names.delete('')
  for (const name of names) {
    assert.ok(
      readme.includes(`\`${name}\``),
      `README.md does not name the endpoint ${BASE}/${name}: write \`${name}\``,
    )
  }
})

test('every file in src/cli/commands is in COMMANDS and described in docs/cli.md', () => {
  const found = makersOfCommands()
  assert.ok(found.length > 0)
  const main = read('src/cli/main.ts')
  const table = tableIn('src/cli/main.ts', 'COMMANDS')
  const page = read('docs/cli.md')
  for (const { file, name } of found) {
    assert.ok(
      main.includes(`'./commands/${basename(file)}'`) && new RegExp(`\\b${name}\\b`).test(table),
      `${file} is not in COMMANDS: import ${name} in src/cli/main.ts and add it there`,
    )
    const heading = `## \`yardstick ${basename(file, '.ts')}\``
    assert.ok(
      page.includes(heading),
      `docs/cli.md does not describe ${file}: it needs a section "${heading}"`,
    )
  }
})

function makersOfCommands(): readonly { readonly file: string; readonly name: string }[] {
  return files('src/cli/commands/*.ts').map((file) => {
    const name = /^export const (\w+): CliCommand\b/m.exec(read(file))?.[1]
    assert.ok(name, `${file} exports no CliCommand: a file in src/cli/commands is one command`)
    return { file, name }
  })
}

test('every recorder is in the table of src/recorders/table.ts and named in docs/integration-guide.md', () => {
  const found = makers('src/recorders/**/*.ts', 'Recorder')
  assert.ok(found.length > 0)
  const table = tableIn('src/recorders/table.ts', 'TABLE')
  const page = read('docs/integration-guide.md')
  for (const { file, name } of found) {
    assert.match(
      table,
      new RegExp(`=> ${name}\\(`),
      `${file} makes a recorder that is not in the table: add a line with ${name}() to src/recorders/table.ts`,
    )
    assert.match(
      page,
      new RegExp(`\\b${name}\\b`, 'i'),
      `docs/integration-guide.md does not name ${name} (${file})`,
    )
  }
})

test('every store is in STORES, exported, and listed in docs/configuration.md', () => {
  const found = makers('src/stores/*.ts', 'Promise<Store>').filter(
    ({ name }) => name !== 'openStore' && name !== 'open',
  )
  const page = read('docs/configuration.md').split('\n## Store\n')[1]?.split('\n## ')[0] ?? ''
  for (const { file } of found) {
    const kind = basename(file, '.ts')
    assert.ok(
      STORE_KINDS.some((known) => known === kind),
      `${file} opens a store that is not in STORES: add the line "${kind}" to src/stores/open.ts`,
    )
    for (const entry of ['src/index.ts', 'src/config-entry.ts']) {
      assert.match(
        read(entry),
        new RegExp(`export \\{[^}]*\\b${kind}\\b[^}]*\\} from './stores/${kind}\\.ts'`),
        `${entry} does not export ${kind}: people write store: ${kind}({ … })`,
      )
    }
    assert.ok(
      page.includes(`"${kind}"`),
      `the section "Store" of docs/configuration.md does not list "${kind}"`,
    )
  }
  assert.deepEqual(
    found.map(({ file }) => basename(file, '.ts')),
    [...STORE_KINDS].sort(),
    'STORES in src/stores/open.ts names a store that has no file src/stores/<kind>.ts',
  )
})

test('every notifier is in NOTIFIERS, exported, configurable, tried by the contract, and has its section in docs/notifiers.md', () => {
  const found = makers('src/notifiers/*.ts', 'Promise<Notifier>').filter(({ name }) => name !== 'open')
  const page = read('docs/notifiers.md')
  for (const { file } of found) {
    const kind = basename(file, '.ts')
    assert.ok(
      NOTIFIER_KINDS.some((known) => known === kind),
      `${file} opens a notifier that is not in NOTIFIERS: add the line "${kind}" to src/notifiers/open.ts`,
    )
    assert.ok(
      Object.hasOwn(NOTIFIER_SHAPES, kind),
      `src/config/notifier-shapes.ts does not know "${kind}": nobody could configure it`,
    )
    for (const entry of ['src/index.ts', 'src/config-entry.ts']) {
      assert.match(
        read(entry),
        new RegExp(`export \\{[^}]*\\b${kind}\\b[^}]*\\} from './notifiers/${kind}\\.ts'`),
        `${entry} does not export ${kind}: people write notifiers: { ops: ${kind}({ … }) }`,
      )
    }
    assert.match(
      read(`test/notifiers/${kind}.test.ts`),
      /^notifierContract\(/m,
      `test/notifiers/${kind}.test.ts does not run notifierContract`,
    )
    assert.ok(page.includes(`\n## ${kind}\n`), `docs/notifiers.md needs a section "## ${kind}"`)
  }
  assert.deepEqual(
    found.map(({ file }) => basename(file, '.ts')),
    [...NOTIFIER_KINDS].sort(),
    'NOTIFIERS in src/notifiers/open.ts names a notifier that has no file src/notifiers/<kind>.ts',
  )
})
