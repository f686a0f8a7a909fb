import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'
import type { RecorderReport } from '../../../src/measure/recorder-report.ts'
import { type Library, library } from '../../../src/recorders/libraries/library.ts'
import { seesModules } from '../../../src/recorders/libraries/module-tail.ts'

type Ask = (...given: unknown[]) => unknown

const root = mkdtempSync(join(tmpdir(), 'yardstick-library-'))
const require = createRequire(join(root, 'app.js'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

/** Lays a package out below a folder of its own. */
function lay(
  place: string,
  about: { readonly name: string; readonly version: string; readonly type?: string } | undefined,
  files: Readonly<Record<string, string>>,
): string {
  const folder = join(root, `${folders++}`, place)
  const written = about === undefined ? files : { ...files, 'package.json': JSON.stringify(about) }
  for (const [name, text] of Object.entries(written)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const ASK = 'exports.ask = (n) => n * 2; exports.other = () => {}'

const described: Library = {
  name: 'fake',
  versions: { fake: '>=1 <2' },
  files: {
    'fake/lib/ask.js': (exports: { ask: Ask; other: Ask }, instrument) => {
      instrument.time(exports, 'ask', () => instrument.ledger.primitive('database', 'ask'))
      instrument.time(exports, 'other', () => instrument.ledger.primitive('database', 'other'))
    },
  },
  modules: {
    'fake/lib/ask.mjs': {
      bindings: ['ask'],
      patch: (exports: { ask: Ask }, instrument) =>
        instrument.time(exports, 'ask', () => instrument.ledger.primitive('database', 'ask')),
    },
  },
}

/** Attaches the recorder, and tells what came of it. */
async function watched(
  run: () => unknown,
  what: Library = described,
): Promise<{
  readonly outcomes: object
  readonly reports: readonly RecorderReport[]
  readonly reading: Reading
}> {
  const reading = new Reading()
  const detach = library(what).attach(reading.ledger)
  try {
    await run()
    await new Promise((resolve) => setImmediate(resolve))
    return { outcomes: reading.outcomes(), reports: reportsOf(reading), reading }
  } finally {
    detach()
    // The next recorder would find them loaded.
    for (const file of Object.keys(require.cache)) if (file.startsWith(root)) delete require.cache[file]
  }
}

function reportsOf({ ledger }: Reading): readonly RecorderReport[] {
  return ledger.announced.flatMap((each) => (each.kind === 'recorder' ? [each.report] : []))
}

function ask(folder: string): unknown {
  return (require(join(folder, 'lib/ask.js')) as { ask: Ask }).ask(21)
}

const ONCE = { 'database ask': said(1) }

describe('which package a file belongs to', () => {
  const known = { name: 'fake', library: 'fake', state: 'attached', how: 'patch' }

  for (const [what, place] of [
    ['under its own name', 'node_modules/fake'],
    ['under another name', 'node_modules/alias'],
    ['in the layout of pnpm', 'node_modules/.pnpm/fake@1.2.3/node_modules/fake'],
    ['within another package', 'node_modules/@scope/outer/node_modules/fake'],
  ] as const) {
    test(what, async () => {
      const folder = lay(place, { name: 'fake', version: '1.2.3' }, { 'lib/ask.js': ASK })
      const { outcomes, reports } = await watched(() => assert.equal(ask(folder), 42))
      assert.deepEqual(outcomes, ONCE)
      assert.deepEqual(reports, [{ ...known, version: '1.2.3' }])
    })
  }

  test('a fork under its name is another package', async () => {
    const folder = lay('node_modules/fake', { name: 'fork', version: '1.2.3' }, { 'lib/ask.js': ASK })
    const { outcomes, reports } = await watched(() => assert.equal(ask(folder), 42))
    assert.deepEqual([outcomes, reports], [{}, []])
  })

  test('two versions side by side are both recorded and told apart', async () => {
    const copies = ['1.0.0', '1.9.0'].map((version) =>
      lay('node_modules/fake', { name: 'fake', version }, { 'lib/ask.js': ASK }),
    )
    const { outcomes, reports } = await watched(() => copies.forEach((folder) => void ask(folder)))
    assert.deepEqual(outcomes, { 'database ask': said(2) })
    assert.deepEqual(
      reports.map(({ version }) => version),
      ['1.0.0', '1.9.0'],
    )
  })

  test('a file of the application itself is left alone', async () => {
    const folder = lay('fake', { name: 'fake', version: '1.2.3' }, { 'lib/ask.js': ASK })
    assert.deepEqual((await watched(() => ask(folder))).outcomes, {})
  })

  test('loaded before the recorder came; put back when it goes', async () => {
    const folder = lay('node_modules/fake', { name: 'fake', version: '1.2.3' }, { 'lib/ask.js': ASK })
    const library = require(join(folder, 'lib/ask.js')) as { ask: Ask }
    const { outcomes, reading } = await watched(() => library.ask(21))
    assert.deepEqual(outcomes, ONCE)
    assert.equal(library.ask(21), 42)
    assert.deepEqual(reading.outcomes(), ONCE)
  })
})

describe('a version that nobody has tried', () => {
  test('is recorded, and said to be degraded', async () => {
    const folder = lay('node_modules/fake', { name: 'fake', version: '2.0.0' }, { 'lib/ask.js': ASK })
    const { outcomes, reports } = await watched(() => ask(folder))
    assert.deepEqual(outcomes, ONCE)
    assert.equal(reports[0]?.state, 'degraded')
    assert.match(reports[0]?.detail ?? '', /nobody has tried this version/)
  })

  test('without a package.json there is no version to know', async () => {
    const folder = lay('node_modules/fake', undefined, { 'lib/ask.js': ASK })
    const { outcomes, reports } = await watched(() => ask(folder))
    assert.deepEqual([outcomes, reports[0]?.state], [ONCE, 'degraded'])
  })

  test('that lacks a function: nothing of the file is touched, and it is said', async () => {
    const only = 'exports.ask = (n) => n * 2'
    const folder = lay('node_modules/fake', { name: 'fake', version: '2.0.0' }, { 'lib/ask.js': only })
    const { outcomes, reports, reading } = await watched(() => {
      assert.equal(ask(folder), 42)
      assert.match(String((require(join(folder, 'lib/ask.js')) as { ask: Ask }).ask), /n \* 2/)
    })
    assert.deepEqual(outcomes, {})
    assert.match(reports[0]?.detail ?? '', /fake\/lib\/ask\.js is not as expected.*no function other/)
    assert.equal(reading.errors.length, 1)
    assert.equal(reports[0]?.how, undefined)
    assert.equal(reading.ledger.records('fake'), false)
  })

  test('of which one file lacks a function and another does not: what is recorded and what is not is told', async () => {
    const only = { 'lib/ask.js': 'exports.ask = (n) => n * 2', 'lib/more.js': ASK }
    const folder = lay('node_modules/fake', { name: 'fake', version: '1.2.3' }, only)
    const files = { ...described.files, 'fake/lib/more.js': described.files!['fake/lib/ask.js']! }
    for (const order of [
      ['ask', 'more'],
      ['more', 'ask'],
    ] as const) {
      const { reports, reading } = await watched(
        () => order.forEach((name) => void require(join(folder, `lib/${name}.js`))),
        { ...described, files },
      )
      const last = reports.at(-1)
      assert.deepEqual([last?.state, last?.how], ['degraded', 'patch'])
      assert.match(last?.detail ?? '', /ask\.js is not as expected/)
      assert.equal(reading.ledger.records('fake'), true)
    }
  })

  test('that has other files altogether', async () => {
    const folder = lay('node_modules/fake', { name: 'fake', version: '2.0.0' }, { 'index.js': ASK })
    const { reports } = await watched(() => require(folder))
    assert.equal(reports[0]?.state, 'degraded')
    assert.match(reports[0]?.detail ?? '', /without the files that are watched/)
  })

  test('that publishes itself is not patched', async () => {
    const folder = lay('node_modules/fake', { name: 'fake', version: '1.5.0' }, { 'lib/ask.js': ASK })
    const channel = { since: { fake: '>=1.5' }, subscribe: () => {} }
    const { outcomes, reports } = await watched(() => ask(folder), { ...described, channel })
    assert.deepEqual(outcomes, {})
    assert.deepEqual(reports, [
      { name: 'fake', library: 'fake', version: '1.5.0', state: 'attached', how: 'channel' },
    ])
  })
})

describe('ES modules', { skip: seesModules() ? false : 'not on this version of Node.js' }, () => {
  // They stay loaded: each test has a version of its own.
  const about = (version: string) => ({ name: 'fake', version, type: 'module' })
  const load = (folder: string) => import(pathToFileURL(join(folder, 'lib/ask.mjs')).href)

  test('a function is replaced for whoever imports it', async () => {
    const folder = lay('node_modules/fake', about('1.2.1'), {
      'lib/ask.mjs': 'export function ask(n) { return n * 2 }\nexport const line = new Error().stack',
    })
    const { outcomes, reports } = await watched(async () => {
      const { ask, line } = await load(folder)
      assert.equal(await ask(21), 42)
      assert.deepEqual([ask.name, ask.length], ['ask', 1])
      assert.match(line, /ask\.mjs:2:21/)
    })
    assert.deepEqual(outcomes, ONCE)
    assert.equal(reports.find(({ version }) => version === '1.2.1')?.how, 'module')
  })

  test('a constant cannot be: it is said, and the module runs', async () => {
    const folder = lay('node_modules/fake', about('1.2.2'), {
      'lib/ask.mjs': 'export const ask = (n) => n * 2',
    })
    const { outcomes, reports } = await watched(async () => assert.equal((await load(folder)).ask(21), 42))
    assert.deepEqual(outcomes, {})
    assert.equal(reports.find(({ version }) => version === '1.2.2')?.state, 'degraded')
  })

  test('without the recorder it is not replaced, with a later one it is', async () => {
    const folder = lay('node_modules/fake', about('1.2.3'), {
      'lib/ask.mjs': 'export function ask(n) { return n * 2 }',
    })
    let asked: Ask = () => undefined
    await watched(async () => {
      const module = await load(folder)
      asked = (...given) => module.ask(...given)
    })
    assert.equal(asked(21), 42)
    assert.deepEqual((await watched(() => asked(21))).outcomes, ONCE)
  })
})

test('a library that was loaded before and publishes is reported when it does, in a version that nobody knows', async () => {
  let publish = (): void => {}
  const subscribe = (_instrument: unknown, heard: () => void): void => {
    publish = heard
  }
  const { reports } = await watched(
    async () => {
      publish()
      await new Promise(setImmediate)
    },
    { name: 'heard', versions: { heard: '>=1 <2' }, channel: { since: { heard: '>=1.5' }, subscribe } },
  )
  assert.deepEqual(reports, [{ name: 'heard', library: 'heard', state: 'attached', how: 'channel' }])
})

test('ten errors of ours: everything is put back, and the library has noticed nothing', async () => {
  const folder = lay('node_modules/fake', { name: 'fake', version: '1.2.3' }, { 'lib/ask.js': ASK })
  const broken: Library = {
    ...described,
    files: {
      'fake/lib/ask.js': (exports: { ask: Ask }, instrument) => {
        instrument.time(exports, 'ask', () => {
          throw new Error('ours')
        })
      },
    },
  }
  const { reports, reading } = await watched(async () => {
    for (let i = 0; i < 20; i++) assert.equal(ask(folder), 42)
    await until('it is off', () =>
      /n \* 2/.test(String((require(join(folder, 'lib/ask.js')) as { ask: Ask }).ask)),
    )
  }, broken)
  assert.equal(reading.errors.filter((text) => text === 'fake: ours').length, 10)
  assert.match(reports.at(-1)?.detail ?? '', /switched off after 10 errors/)
})
