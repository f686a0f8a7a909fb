import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { parseScenario } from '../../src/alerts/scenario/parse.ts'
import { runScenario } from '../../src/alerts/scenario/run.ts'
import { offsetText } from '../../src/alerts/scenario/words.ts'

const files = globSync('test/scenarios/*.scenario').sort()

test('there are scenarios', () => {
  assert.ok(files.length >= 15)
})

for (const file of files) {
  test(`scenario ${basename(file, '.scenario')}`, () => {
    const { checks, timeline } = runScenario(parseScenario(readFileSync(file, 'utf8')))
    assert.ok(checks.length > 0, 'it checks nothing')
    const wrong = checks.filter(({ passed }) => !passed)
    const told = wrong.map(({ line, text, got }) => `line ${line}: ${text}\n    but: ${got}`)
    const trace = timeline.map(({ offsetMs, text }) => `    ${offsetText(offsetMs)} ${text}`)
    assert.equal(wrong.length, 0, `${told.join('\n')}\n${trace.join('\n')}`)
  })
}

test('the scenarios in docs/alerts.md are these files, word for word', () => {
  const page = readFileSync('docs/alerts.md', 'utf8')
  const quoted = [...page.matchAll(/^```scenario\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)
  const known = files.map((file) => readFileSync(file, 'utf8'))
  assert.ok(quoted.length >= 10)
  for (const text of quoted) assert.ok(known.includes(text), `no file of test/scenarios holds:\n${text}`)
})
