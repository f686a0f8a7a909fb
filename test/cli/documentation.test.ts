import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { openPort } from '../../src/api/port.ts'
import { api } from '../../src/api/routes.ts'
import { alertingShop } from '../api/fixture.ts'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'

const PAGES = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
const page = readFileSync('docs/cli.md', 'utf8')

/** What pages say to type: the words after `npx yardstick`, comments left out. */
function commands(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/^```bash\n(.*?)^```/gms)].map(([, block]) => block!)
  return blocks
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('npx yardstick '))
    .map((line) => line.replace(/ # .*| > .*/, '').trim())
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!).slice(2))
}

/** The shop with a slow database, behind a real port. */
async function shop(t: TestContext): Promise<string> {
  const { source } = await alertingShop()
  const port = await openPort({
    ...{ host: '127.0.0.1', port: 0, fetch: api(source).fetch, access: {} },
    ...{ service: 'shop', storeId: 'store-1', onError: (error) => assert.fail(String(error)) },
  })
  assert.ok(port.state === 'listening')
  t.after(() => port.close())
  return port.url
}

test('every command and option that a page says to type is one that there is', async () => {
  const typed = PAGES.flatMap((name) => commands(readFileSync(name, 'utf8')))
  assert.ok(typed.length > 30, `${typed.length} commands`)
  const helps = new Map<string, string>()
  for (const [name, ...words] of typed) {
    const parted = (name === 'alerts' || name === 'silences' || name === 'store') && words[0] !== undefined
    const command = parted ? [name!, words[0]!] : [name!]
    const help = helps.get(command.join(' ')) ?? (await ending([MAIN, ...command, '--help'])).stdout
    helps.set(command.join(' '), help)
    assert.match(help, new RegExp(`^Usage: yardstick ${command.join(' ')} `), command.join(' '))
    // Flags for Node and what stands after the application are not Yardstick's.
    const own = name === 'run' ? words.filter((word) => word === '--service' || word === '--port') : words
    for (const option of own.filter((word) => word.startsWith('--'))) {
      assert.match(help, new RegExp(`${option}\\b`), `yardstick ${command.join(' ')} ${option}`)
    }
  }
})

test('what the page says to type about alerts and silences works, on a service that has these', async (t) => {
  const url = await shop(t)
  const typed = commands(page).filter(([name]) => ['alerts', 'why', 'silences'].includes(name!))
  assert.equal(typed.length, 11)
  for (const words of typed) {
    const { code, stdout, stderr } = await ending([MAIN, ...words, '--url', url])
    assert.deepEqual([code, stderr], [0, ''], words.join(' '))
    assert.notEqual(stdout, '', words.join(' '))
  }
})

test('the answer of `why` on the page is the one that is given', async (t) => {
  const { stdout } = await ending([MAIN, 'why', 'database', '--url', await shop(t)])
  const [, shown] = /^```\n(database, policy ratio.*?)^```/ms.exec(page)!
  assert.equal(stdout, shown)
})

test('the scenario that the page says to replay is there and holds', async () => {
  const [words] = commands(page).filter(([, file]) => file?.endsWith('.scenario'))
  const { code, stderr } = await ending([MAIN, ...words!])
  assert.deepEqual([code, stderr], [0, ''])
})
