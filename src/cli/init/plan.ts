import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_FILES } from '../../config/file.ts'
import type { Finding } from '../doctor/finding.ts'
import { OF_NODE } from '../doctor/of-node.ts'
import { projectFindings } from '../doctor/project-findings.ts'
import { type Project, projectsFrom } from '../project.ts'
import { applicationOf } from './application.ts'
import type { Change, Plan } from './change.ts'
import { configText } from './config-text.ts'
import { startScript } from './start-script.ts'

const FIGURES = '.yardstick/'
/** Scripts besides `start` that start an application, by their names and by what they run it with. */
const STARTING = /^(?:dev|develop|serve|start)(?::|$)/
const RUNNING = /(?:^|[\s/])(?:node|nodemon|tsx|ts-node|ts-node-dev|next|nest)(?:\s|$)/

/** What has to be done for a project; nothing is written. */
export function planOf(project: Project): Plan {
  const parts = [
    dependency(project),
    startPart(project),
    otherScripts(project),
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

function dependency(project: Project): Partial<Plan> {
  const { name, devDependencies } = project.manifest
  // Start scripts run in production, where development dependencies are missing. A workspace has those of its root.
  if (name === 'yardstick' || projectsFrom(project).some(isDependent)) return {}
  const which =
    'yardstick' in devDependencies ? 'yardstick is a development dependency' : 'yardstick is no dependency'
  return { left: [`${which}, and the application needs it to start: npm install yardstick`] }
}

function isDependent({ manifest: { dependencies } }: Project): boolean {
  return 'yardstick' in dependencies
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
      return { left: [`the start script is left alone, because ${script.why}: ${script.cure}`] }
    case 'changed': {
      const change = scriptChange(text, start, script.command)
      return change === undefined
        ? { left: [`the start script could not be found in package.json; make it: ${script.command}`] }
        : { changes: [change] }
    }
  }
}

/** How people work on an application is theirs: these scripts are named, not changed. */
function otherScripts({ manifest: { scripts } }: Project): Partial<Plan> {
  const left = Object.entries(scripts).flatMap(([name, command]) => {
    if (name === 'start' || !STARTING.test(name) || !RUNNING.test(command)) return []
    const script = startScript(command)
    if (script.kind === 'kept') return []
    const how = script.kind === 'changed' ? `make it: ${script.command}` : script.cure
    return [`the script "${name}" is left alone and starts unmeasured; to measure there, too, ${how}`]
  })
  return { left }
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

/** What is recorded without any code, of Node.js and of what is installed. */
function watchedPart(project: Project): Partial<Plan> {
  const { findings } = projectFindings(project)
  const recorded = findings.filter(({ state }) => state === 'recorded')
  const ofNode = recorded.filter(({ recorder }) => recorder in OF_NODE)
  const installed = namesOf(recorded.filter(({ recorder }) => !(recorder in OF_NODE)))
  const untried = namesOf(findings.filter(({ state }) => state === 'untried'))
  return {
    kept: [
      `recorded without code, of Node.js itself: ${ofNode.map(({ why }) => why).join('; ')}`,
      ...(installed === '' ? [] : [`recorded without code: ${installed}`]),
    ],
    ...(untried === ''
      ? {}
      : { left: [`nobody has tried ${untried}: "yardstick doctor" says what becomes of it`] }),
  }
}

function namesOf(findings: readonly Finding[]): string {
  return findings.map(({ library, version }) => `${library} ${version}`).join(', ')
}
