import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_FILES } from '../../config/file.ts'
import { projectFindings } from '../doctor/project-findings.ts'
import type { Project } from '../project.ts'
import { applicationOf } from './application.ts'
import type { Change, Plan } from './change.ts'
import { configText } from './config-text.ts'
import { startScript } from './start-script.ts'

const FIGURES = '.yardstick/'

/** What has to be done for a project; nothing is written. */
export function planOf(project: Project): Plan {
  const parts = [
    dependency(project),
    startPart(project),
    configPart(project),
    ignorePart(project),
    watchedPart(project),
  ]
  return {
    changes: parts.flatMap(({ changes = [] }) => changes),
    kept: parts.flatMap(({ kept = [] }) => kept),
    left: parts.flatMap(({ left = [] }) => left),
  }
}

function dependency({ manifest: { name, dependencies, devDependencies } }: Project): Partial<Plan> {
  // Start scripts run in production, where development dependencies are missing.
  if ('yardstick' in dependencies || name === 'yardstick') return {}
  const which =
    'yardstick' in devDependencies ? 'yardstick is a development dependency' : 'yardstick is no dependency'
  return { left: [`${which}, and the start script needs it: npm install yardstick`] }
}

function startPart(project: Project): Partial<Plan> {
  const { text, manifest } = project
  const { start } = manifest.scripts
  if (start === undefined) {
    return {
      left: [
        `there is no start script: start the application with "yardstick run ${applicationOf(project)}"`,
      ],
    }
  }
  const script = startScript(start)
  switch (script.kind) {
    case 'kept':
      return { kept: ['the start script loads Yardstick'] }
    case 'left':
      return {
        left: [
          `the start script is left alone, because ${script.why}: put "yardstick run" before what it starts`,
        ],
      }
    case 'changed': {
      const change = scriptChange(text, start, script.command)
      return change === undefined
        ? { left: [`the start script could not be found in package.json; make it: ${script.command}`] }
        : { changes: [change] }
    }
  }
}

/** Changes the one value and nothing else of how the file is written. */
function scriptChange(before: string, from: string, to: string): Change | undefined {
  const scripts = before.search(/"scripts"\s*:\s*\{/)
  const line = /"start"\s*:\s*("(?:[^"\\]|\\.)*")/g
  line.lastIndex = Math.max(scripts, 0)
  const found = line.exec(before)
  if (scripts < 0 || found === null || JSON.parse(found[1]!) !== from) return undefined
  const [whole, value] = found as unknown as [string, string]
  const changed = whole.slice(0, -value.length) + JSON.stringify(to)
  const after = before.slice(0, found.index) + changed + before.slice(found.index + whole.length)
  return { file: 'package.json', before, after, removed: [whole], added: [changed] }
}

function configPart({ root, manifest }: Project): Partial<Plan> {
  const file = CONFIG_FILES.find((name) => existsSync(join(root, name)))
  if (file !== undefined) return { kept: [`${file} is there`] }
  const after = configText()
  // In a CommonJS package, which "npm init" makes, Node.js refuses `import` in a .ts file; in one of no type it warns.
  const name = `yardstick.config.${manifest.type === 'module' ? 'ts' : 'mts'}`
  return {
    changes: [{ file: name, after, removed: [], added: after.trimEnd().split('\n') }],
  }
}

function ignorePart({ root }: Project): Partial<Plan> {
  const file = '.gitignore'
  const path = join(root, file)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (before === undefined && !existsSync(join(root, '.git'))) return {}
  if (before !== undefined && /^\/?\.yardstick\/?\s*$/m.test(before))
    return { kept: ['.gitignore leaves .yardstick out'] }
  const end = before === undefined || before === '' || before.endsWith('\n') ? '' : '\n'
  const after = `${before ?? ''}${end}${FIGURES}\n`
  return {
    changes: [{ file, ...(before === undefined ? {} : { before }), after, removed: [], added: [FIGURES] }],
  }
}

/** What is recorded of what is installed, without any code. */
function watchedPart(project: Project): Partial<Plan> {
  const found = projectFindings(project).findings.filter(({ library }) => library !== undefined)
  const known = (state: 'recorded' | 'untried'): string =>
    found
      .filter((each) => each.state === state)
      .map(({ library, version }) => `${library} ${version}`)
      .join(', ')
  const [recorded, untried] = [known('recorded'), known('untried')]
  return {
    ...(recorded === '' ? {} : { kept: [`recorded without code: ${recorded}`] }),
    ...(untried === ''
      ? {}
      : { left: [`nobody has tried ${untried}: "yardstick doctor" says what becomes of it`] }),
  }
}
