import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ending } from './ending.ts'
import { MAIN } from './fixture/main.ts'

test('yardstick replay', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-replay-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const file = (name: string, text: string): string => {
    const path = join(directory, name)
    writeFileSync(path, text)
    return path
  }
  const scenario = (wanted: string): string => `target orders database p95 < 25ms
load 1s 50x ok 10ms for 1m
load 1s 50x ok 100ms for 1m
eval at 2m orders ${wanted}
`

  await t.test('a scenario: what happened, which checks hold', async () => {
    const path = file('holds.scenario', scenario('alert firing CRITICAL, notices slack 1'))
    const { code, stdout } = await ending([MAIN, 'replay', path], { cwd: directory })
    assert.equal(code, 0)
    assert.equal(
      stdout,
      `      1m4s  orders pending (ratio)
     1m14s  orders fired CRITICAL (ratio): p95 100 ms, limit 25 ms, 4 × its limit
     1m14s  notice to slack: fired
ok    line 4: eval at 2m orders alert firing CRITICAL, notices slack 1
1 of 1 checks hold
`,
    )
  })

  await t.test('an alert of failures tells what was good, not a percentile within its limit', async () => {
    const path = file(
      'failing.scenario',
      `target orders database p95 < 25ms
load 1s 40x ok 10ms for 2m
load 1s 10x failed 10ms for 2m
eval at 4m orders alert firing CRITICAL
`,
    )
    const { stdout } = await ending([MAIN, 'replay', path], { cwd: directory })
    assert.match(
      stdout,
      /orders fired CRITICAL \(ratio\): only 84\.8 % ok and under 25 ms, 95 % needed, 250 failed, 3\.03 × the failures it allows$/m,
    )
  })

  await t.test('a check that does not hold is told, and is the exit code', async () => {
    const path = file('fails.scenario', scenario('alert quiet'))
    const { code, stdout } = await ending([MAIN, 'replay', path], { cwd: directory })
    assert.equal(code, 1)
    assert.match(
      stdout,
      /not {3}line 4: eval at 2m orders alert quiet\n {6}but alert firing CRITICAL\n0 of 1 checks/,
    )
  })

  await t.test('a CSV runs through the targets and rules of the configuration', async () => {
    const rows = Array.from({ length: 120 }, (_, second) => {
      const time = new Date(Date.UTC(2026, 0, 15) + second * 1000).toISOString()
      return `${time},database,orders,${second < 60 ? 10 : 100},20`
    })
    const path = file('operations.csv', `time,component,series,duration_ms,count\n${rows.join('\n')}\n`)
    file('package.json', '{ "name": "shop", "type": "module" }')
    const usual = await ending([MAIN, 'replay', path], { cwd: directory })
    assert.equal(usual.code, 0, usual.stderr)
    assert.match(usual.stdout, /2026-01-15T00:01:13\.000Z {2}database fired CRITICAL/)
    assert.match(usual.stdout, /1 fired, 1 notice in 2m\n$/)
    const config = file(
      'patient.config.json',
      '{ "alerts": { "policies": [{ "kind": "ratio", "for": "5min" }] } }',
    )
    const patient = await ending([MAIN, 'replay', path, '--config', config, '--json'], { cwd: directory })
    const told = JSON.parse(patient.stdout) as { readonly notices: readonly unknown[] }
    assert.deepEqual(told.notices, [])
  })

  await t.test('what is not there, or not readable, is said', async () => {
    const missing = await ending([MAIN, 'replay', 'nothing.csv'], { cwd: directory })
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /expected a \.scenario or \.csv file, got nothing\.csv.*\[YS_SCENARIO\]/)
    const wrong = await ending([MAIN, 'replay', file('wrong.scenario', 'taget x')], { cwd: directory })
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /line 1: expected start, target, .* got "taget" in: taget x/)
  })

  await t.test(
    'all lines that are wrong are told at once, but not those that lack what another declares',
    async () => {
      const stderrOf = async (name: string, text: string): Promise<string> =>
        (await ending([MAIN, 'replay', file(name, text)], { cwd: directory })).stderr
      const table = await stderrOf(
        'wrong.csv',
        'time,component,duration_ms\n2026-01-15T08:00:00Z,database,x\nsoon,db,1\n',
      )
      assert.match(
        table,
        /^yardstick: line 2: expected a duration in ms, got "x"\nline 3: expected a time such as /,
      )
      const head = await stderrOf('head.csv', 'when,component\n')
      assert.match(
        head,
        /line 1: expected the columns time, component, duration_ms and perhaps series, outcome, count; time, duration_ms missing, got "when,component"/,
      )
      const checks = await stderrOf(
        'checks.scenario',
        'target a database p95 < 25ms\neval at 1m a foo\nnonsense\n',
      )
      assert.match(checks, /^yardstick: line 2: expected met, .*\nline 3: expected start, target, /)
      const target = await stderrOf(
        'target.scenario',
        'target a database p95 < 25\nload a 1s 5x ok 1ms for 1m\n',
      )
      assert.match(target, /^yardstick: line 1: expected a time such as 10s or 2m20s, got "25" in: .*\n$/)
    },
  )
})
