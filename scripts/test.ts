// `npm test`: everything that has to hold, and one closing line. Each command that is not a test runner counts as one.
// `npm run check` (--check): only what is known without running anything of the package.
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Failure, Summary } from './outcomes.ts'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

interface Result extends Tally {
  readonly failures: readonly Failure[]
}

interface Tests {
  readonly node: string
  readonly tests: readonly string[]
  readonly oneByOne?: boolean
  /** Tests and suites whose names match are left out. */
  readonly without?: RegExp
}

interface Step {
  readonly title: string
  /** Part of `npm run check` too. */
  readonly check?: true
  /** A command that passes or fails as a whole, or test files for `node --test`. */
  readonly run: { readonly command: readonly string[] } | Tests
}

const node = process.execPath
const scratch = mkdtempSync(join(tmpdir(), 'yardstick-test-'))
// Each file of tests is a process, which would strip the types of all that it imports anew. By a call and not by the
// environment: what a test starts is to run as it does for a user (only what it forks takes this along).
const keepStripped = `data:text/javascript,import{enableCompileCache}from"node:module";enableCompileCache(${JSON.stringify(join(scratch, 'stripped'))})`
const all = globSync('test/**/*.test.ts', { exclude: ['**/node_modules/**'] }).sort()
// What depends on the version of Node.js: recorders, preload, command line, store. Not what depends on a database
// server, on several processes, or on what is said: it takes minutes, and is the same on all of them.
const platform = all.filter(
  (file) =>
    /^test\/(recorders|cli|preload|stores|engine|e2e)\//.test(file) &&
    !/^test\/(stores\/postgres|e2e\/(fleet|canary|opentelemetry))/.test(file),
)

/** Under load all the time, by several processes each: side by side on two cores they would starve one another. */
const alone = (file: string): boolean => /^test\/(chaos\/fleet|truth\/)/.test(file)

/** Suites of older versions of libraries: on the other versions of Node.js the newest is enough. */
const OLDER = new RegExp(`^(${older().join('|')})(?![.\\d])`)
const SLOWEST = 8
/** Enough of what a failed test said to know why it did. */
const LINES_A_FAILURE = 30

const checking = process.argv.includes('--check')
const house = all.filter((file) => file.startsWith('test/house/'))

const every: readonly Step[] = [
  { title: 'types', check: true, run: { command: ['tsc', '-p', 'tsconfig.json'] } },
  { title: 'lint', check: true, run: { command: ['biome', 'ci', '.'] } },
  { title: 'build', check: true, run: { command: ['npm', 'run', '--silent', 'build'] } },
  { title: 'package: publint', check: true, run: { command: ['publint', '--strict'] } },
  {
    title: 'package: types from ESM and CommonJS',
    check: true,
    run: { command: ['attw', '--pack', '.', '--profile', 'esm-only'] },
  },
  { title: 'house', check: true, run: { node, tests: house } },
  {
    title: `tests on ${process.version}`,
    run: { node, tests: all.filter((file) => !alone(file) && !house.includes(file)) },
  },
  { title: 'tests under load', run: { node, tests: all.filter(alone), oneByOne: true } },
  ...['22', '26'].map(
    (version): Step => ({
      title: `platform tests on Node ${version}`,
      run: { node: `test/nodes/node_modules/node${version}/bin/node`, tests: platform, without: OLDER },
    }),
  ),
]
const steps = checking ? every.filter((step) => step.check) : every

const sum: Tally = { passed: 0, failed: 0, skipped: 0 }
const failed: string[] = []
const failures: (Failure & { readonly step: string })[] = []
for (const { title, run } of steps) {
  console.log(`\n── ${title}`)
  const result = 'command' in run ? await command(run.command) : await tests(run)
  if (result.failed > 0) failed.push(title)
  for (const failure of result.failures) failures.push({ ...failure, step: title })
  sum.passed += result.passed
  sum.failed += result.failed
  sum.skipped += result.skipped
}
rmSync(scratch, { recursive: true })
// Again at the end: of a long log that is what is kept, and what is read.
for (const { step, file, name, error } of failures) {
  console.log(`\n✖ ${step}: ${file === undefined ? '' : `${relative('.', file)}: `}${name}`)
  console.log(error.split('\n').slice(0, LINES_A_FAILURE).join('\n'))
}
if (failed.length > 0) console.log(`\nfailed in: ${failed.join(', ')}`)
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0

async function command(words: readonly string[]): Promise<Result> {
  const [program, ...rest] = words
  const code = await exitOf(program!, rest)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, failures: [] }
}

async function tests({ node: binary, tests: files, oneByOne = false, without }: Tests): Promise<Result> {
  if (!existsSync(binary)) {
    console.log(`skipped: ${binary} is not there (npm ci --prefix test/nodes)`)
    return { passed: 0, failed: 0, skipped: 1, failures: [] }
  }
  const report = join(scratch, 'outcomes')
  const code = await exitOf(binary, [
    '--test',
    `--import=${keepStripped}`,
    // One more than there are cores: many wait for a server, or for a second to pass. By itself it would be one less.
    `--test-concurrency=${oneByOne ? 1 : availableParallelism() + 1}`,
    ...(without === undefined ? [] : [`--test-skip-pattern=${without}`]),
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${import.meta.resolve('./outcomes.ts')}`,
    `--test-reporter-destination=${report}`,
    ...files,
  ])
  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n').filter(Boolean) : []
  const outcomes = lines.map((line) => JSON.parse(line) as Summary | Failure)
  const summaries = outcomes.filter((outcome) => outcome.type === 'summary')
  const failures = outcomes.filter((outcome) => outcome.type === 'failure')
  rmSync(report, { force: true })
  sayWhatTookLongest(summaries)
  const counts = summaries.find(({ file }) => file === undefined)?.counts
  // A runner that died says nothing of what it did not get to.
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, failures }
  const failed = counts.failed + counts.cancelled
  return {
    passed: counts.passed,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: counts.skipped + counts.todo,
    failures,
  }
}

function sayWhatTookLongest(summaries: readonly Summary[]): void {
  const files = summaries.filter(({ file }) => file !== undefined)
  const slowest = files.toSorted((a, b) => b.duration_ms - a.duration_ms).slice(0, SLOWEST)
  const said = slowest.map(
    ({ file, duration_ms }) => `${relative('.', file!)} ${Math.round(duration_ms / 1000)} s`,
  )
  console.log(`longest: ${said.join(' · ')}`)
}

/** As suites name them: `jose 5.0.0`. In test/libraries they have names of their own: `"jose50": "npm:jose@5.0.0"`. */
function older(): readonly string[] {
  const { dependencies } = JSON.parse(readFileSync('test/libraries/package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.values(dependencies)
    .filter((version) => version.startsWith('npm:'))
    .map((version) =>
      version
        .slice(4)
        .replace(/@(?=[^@]+$)/, ' ')
        .replaceAll('.', '\\.'),
    )
}

function exitOf(program: string, rest: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', (error) => {
      console.log(String(error))
      resolve(127)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}
