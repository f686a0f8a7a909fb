import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { defaults } from '../../src/config/default-options.ts'
import { CONFIG_VARIABLE, VARIABLES } from '../../src/config/environment.ts'
import { NOTIFIER_SHAPES } from '../../src/config/notifier-shapes.ts'
import { optionsShape } from '../../src/config/schema.ts'
import { defaultTargets } from '../../src/targets/defaults.ts'

const page = readFileSync('docs/configuration.md', 'utf8')

/** The cells of a section's first table, by row, without its head. */
function rows(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** What stands in back-ticks at the start of each row. */
function names(heading: string): readonly string[] {
  return rows(heading).map(([name]) => name!.replaceAll('`', ''))
}

/** The options that a node of the schema takes. */
function options(node: unknown): readonly string[] {
  const { shape, item } = node as { readonly shape?: object; readonly item?: { readonly shape: object } }
  return Object.keys(shape ?? item?.shape ?? {})
}

test('every option is on the page, in the order of the schema, and no other', () => {
  assert.deepEqual(names('Options'), Object.keys(optionsShape))
  assert.deepEqual(names('Targets'), options(optionsShape.targets))
  assert.deepEqual(names('Store'), options(optionsShape.store))
  assert.deepEqual(names('Access'), options(optionsShape.access))
  for (const [kind, { fields }] of Object.entries(NOTIFIER_SHAPES)) {
    const told = rows('Notifiers')
      .filter(([of]) => of === `\`${kind}\``)
      .map(([, name]) => name!.replaceAll('`', ''))
    assert.deepEqual(told, Object.keys(fields), `notifiers: ${kind}`)
  }
  const { shape: alerts } = optionsShape.alerts as { readonly shape: Readonly<Record<string, unknown>> }
  assert.deepEqual(names('Alerts'), Object.keys(alerts))
  assert.deepEqual(names('Policies'), options(alerts.policies))
  assert.deepEqual(names('Maintenance'), options(alerts.maintenance))
  assert.deepEqual(names('Quiet hours'), options(alerts.quietHours))
  assert.deepEqual(names('Routes'), options(alerts.routes))
})

test('the defaults on the page are the defaults', () => {
  const known: Readonly<Record<string, unknown>> = { ...defaults }
  for (const [name, standard] of rows('Options')) {
    const option = name!.replaceAll('`', '')
    if (option === 'service' || option === 'targets') continue
    if (standard === 'none') assert.equal(known[option], undefined, option)
    else assert.deepEqual(JSON.parse(standard!.replaceAll('`', '')), known[option], option)
  }
})

test('every environment variable is on the page, beside its option', () => {
  for (const [variable, written] of Object.entries(VARIABLES)) {
    const [option] = Object.keys(written('1'))
    const row = rows('Options').find(([name]) => name === `\`${option}\``)
    const place = option === 'access' || option === 'notifiers' ? page : row?.[2]
    assert.ok(place?.includes(`\`${variable}\``), variable)
  }
  assert.ok(page.includes(`\`${CONFIG_VARIABLE}\``))
  const told = new Set(page.match(/YARDSTICK_[A-Z_]+/g))
  assert.deepEqual([...told].sort(), [...Object.keys(VARIABLES), CONFIG_VARIABLE].sort())
})

test('the table of default targets is the one that is judged by', () => {
  const written = defaultTargets.map(({ component, indicator, grades }) => {
    const latency = indicator.kind === 'latency'
    const sign = latency ? '<' : '>'
    const figure = (value: number): number => (latency ? value : Number((100 * value).toFixed(4)))
    const target = latency ? `p95 < ${indicator.limitMs} ms` : `hit rate > ${figure(indicator.share)} %`
    return [`\`${component}\``, target, ...Object.values(grades).map((value) => `${sign} ${figure(value)}`)]
  })
  assert.deepEqual(rows('Default targets'), written)
})
