import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Script } from 'node:vm'

const LOADER = resolve('src/compiled.cts')
const CODE = `module.exports = { says: () => 'one' }`
/** As long as the code: V8 compares no more. */
const OTHER = CODE.replace('one', 'two')
/** The second after which it is kept is over at once. */
const STEPPED =
  'globalThis.setTimeout = (...[then, , ...given]) => ({ unref: () => setImmediate(then, ...given) }); '
const NOBODY = 65534

interface Place {
  readonly kept: string
  readonly names: () => readonly string[]
  /** What the code says in a process of its own, to who requires it after it was loaded. */
  readonly start: (options?: Start) => string
}

interface Start {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly inWorker?: boolean
  /** What the application runs, once it was loaded. */
  readonly application?: string
}

function place(t: TestContext): Place {
  const directory = temporary(t)
  const file = join(directory, 'code.cjs')
  writeFileSync(file, CODE)
  const load = `require(${JSON.stringify(LOADER)}).loadCompiled(${JSON.stringify(file)}); `
  const say = (application: string) =>
    `${STEPPED}${load}console.log(require(${JSON.stringify(file)}).says()); ${application}`
  return {
    kept: join(directory, `code-${process.version}-${process.arch}.compiled`),
    names: () => readdirSync(directory).filter((name) => name !== 'code.cjs'),
    start: ({ flags = [], env = {}, inWorker = false, application = '' } = {}) => {
      const source = inWorker
        ? `new worker_threads.Worker(${JSON.stringify(say(application))}, { eval: true })`
        : say(application)
      const { NODE_DISABLE_COMPILE_CACHE: _, NODE_V8_COVERAGE: __, ...rest } = process.env
      const ended = spawnSync(process.execPath, [...flags, '-e', source], {
        env: { ...rest, ...env },
        encoding: 'utf8',
      })
      assert.equal(ended.status, 0, ended.stderr)
      return ended.stdout.trim()
    },
  }
}

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-compiled-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What V8 makes of the other code, which tells by what it says whether it was used for this one. */
function otherCompiled(): Buffer {
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${OTHER}\n})`)
  const module = { exports: { says: () => '' } }
  script.runInThisContext()(module.exports, undefined, module)
  // Not compiled before it is called.
  module.exports.says()
  return script.createCachedData()
}

test('what was compiled of the code is kept beside it, once, and used by the next start', (t) => {
  const { kept, names, start } = place(t)
  assert.equal(start(), 'one')
  assert.deepEqual(names(), [kept.slice(kept.lastIndexOf('code'))])
  const first = readFileSync(kept)
  assert.equal(start(), 'one')
  assert.deepEqual(readFileSync(kept), first)

  const compiled = otherCompiled()
  writeFileSync(kept, Buffer.concat([Buffer.from(CODE), compiled, compiled]))
  assert.equal(start(), 'two')
  assert.equal(start({ inWorker: true }), 'two')
})

const damages: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  'is of other code': (whole) => Buffer.concat([Buffer.from(OTHER), whole.subarray(CODE.length)]),
  'has lost a bit': (whole) => flipped(whole, CODE.length + 200),
  'has lost a bit of its second copy': (whole) => flipped(whole, whole.length - 200),
  'has lost its end': (whole) => whole.subarray(0, -1),
  'is empty': () => Buffer.alloc(0),
  'is the code alone': () => Buffer.from(CODE),
  'was compiled by another V8': () => Buffer.concat([Buffer.from(CODE), Buffer.alloc(2000, 1)]),
}

for (const [what, damage] of Object.entries(damages)) {
  test(`what is kept and ${what} is not used, and replaced`, (t) => {
    const { kept, start } = place(t)
    const compiled = otherCompiled()
    const damaged = damage(Buffer.concat([Buffer.from(CODE), compiled, compiled]))
    writeFileSync(kept, damaged)
    assert.equal(start(), 'one')
    assert.notDeepEqual(readFileSync(kept), damaged)
    assert.equal(start(), 'one')
  })
}

function flipped(whole: Buffer, at: number): Buffer {
  const damaged = Buffer.from(whole)
  damaged[at] = damaged[at]! ^ 1
  return damaged
}

const inPlaces: Readonly<Record<string, (kept: string) => void>> = {
  'a pipe': (kept) => assert.equal(spawnSync('mkfifo', [kept]).status, 0),
  'a link to itself': (kept) => symlinkSync(kept, kept),
}

for (const [what, put] of Object.entries(inPlaces)) {
  test(`${what} in its place is not read, and replaced`, (t) => {
    if (process.platform === 'win32') return t.skip('needs a POSIX file system')
    const { kept, start } = place(t)
    put(kept)
    assert.equal(start(), 'one')
    assert.ok(readFileSync(kept).toString('latin1').startsWith(CODE))
  })
}

test('nothing is left beside a folder in its place, nor for long by a start that was ended while it wrote', (t) => {
  const { kept, names, start } = place(t)
  mkdirSync(kept)
  assert.equal(start(), 'one')
  assert.equal(names().length, 1)

  rmSync(kept, { recursive: true })
  writeFileSync(`${kept}.new`, CODE)
  start()
  start()
  assert.equal(names().length, 1)
  assert.ok(statSync(kept).size > CODE.length)
})

test('it is kept past what the application has put in the place of Node’s functions', (t) => {
  const { kept, start } = place(t)
  const fail = '() => { throw new Error("seen") }'
  const application = `for (const name of Object.keys(fs)) if (typeof fs[name] === 'function') fs[name] = ${fail}; Buffer.concat = ${fail}`
  assert.equal(start({ application }), 'one')
  assert.ok(statSync(kept).size > CODE.length)
})

test('an application whose timers or scripts are not Node’s runs on', (t) => {
  const { names, start } = place(t)
  assert.equal(
    start({ application: 'vm.Script.prototype.createCachedData = () => { throw new Error("seen") }' }),
    'one',
  )
  assert.deepEqual(names(), [])
  assert.equal(start({ flags: ['--require', fakeTimers(t)] }), 'one')
})

/** Set before us, and for good. */
function fakeTimers(t: TestContext): string {
  const file = join(temporary(t), 'timers.cjs')
  writeFileSync(file, `Object.defineProperty(globalThis, 'setTimeout', { get: () => () => 1, set() {} })`)
  return file
}

test('what somebody else has put there is left alone', (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can give a file away')
  const { kept, start } = place(t)
  const compiled = otherCompiled()
  writeFileSync(kept, Buffer.concat([Buffer.from(CODE), compiled, compiled]))
  chownSync(kept, NOBODY, NOBODY)
  assert.equal(start(), 'one')
})

test('nothing is kept by a thread, by who may not write, or where it is switched off', (t) => {
  const { kept, names, start } = place(t)
  const off = { env: { NODE_DISABLE_COMPILE_CACHE: '1' } }
  assert.equal(start({ inWorker: true }), 'one')
  assert.equal(start({ flags: ['--permission', '--allow-fs-read=*'] }), 'one')
  assert.equal(start(off), 'one')
  assert.equal(start({ env: { NODE_V8_COVERAGE: temporary(t) } }), 'one')
  assert.deepEqual(names(), [])

  const compiled = otherCompiled()
  writeFileSync(kept, Buffer.concat([Buffer.from(CODE), compiled, compiled]))
  assert.equal(start(off), 'one')
})
