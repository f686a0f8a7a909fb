import { recorders } from '../../recorders/table.ts'
import { Json } from '../card/json.ts'
import type { Finding, Findings, Remark } from './finding.ts'
import { otherProcesses } from './other-processes.ts'

const HOW: Readonly<Record<string, string>> = {
  channel: 'it publishes what it does (diagnostics channel)',
  patch: 'its CommonJS files, after they ran',
  module: 'its ES modules',
}

const NOT_SEEN = 'not seen so far'

/** Frameworks whose routes the application can say itself. */
const SAYABLE: ReadonlySet<string> = new Set(['express', 'fastify', 'hono', 'koa'])

/** The version of a library in the current folder, where it is installed there: what runs may be another project. */
export type InstalledHere = (library: string) => string | undefined

/** The answers of `/self` and `/runtime`, which may be of another version. */
export interface RunningAnswers {
  readonly self: unknown
  readonly runtime?: unknown
}

/** Reads what one process says of itself, and of the others how many there are. */
export function runningFindings(
  { self, runtime }: RunningAnswers,
  at: string,
  installedHere: InstalledHere,
): Findings {
  const json = new Json(self)
  const findings = json
    .at('recorders')
    .list()
    .flatMap((report) => {
      const finding = findingOf(report)
      return finding.state === 'waiting' ? missing(finding.recorder, installedHere) : [finding]
    })
  const facts = `pid ${json.at('pid').count()}, Node.js ${json.at('node').text().replace(/^v/, '')}`
  return {
    looked: 'service',
    at,
    title: `${json.at('service').text() || 'The service'} (${facts})`,
    findings,
    remarks: [...otherProcesses(json, new Json(runtime)), ...errorsOf(json)],
  }
}

function findingOf(report: Json): Finding {
  const recorder = report.at('name').text()
  const library = report.at('library').text()
  const version = report.at('version').text()
  const how = HOW[report.at('how').text()]
  const detail = report.at('detail').text()
  const builtin = library === 'node'
  const known = {
    recorder,
    ...(library === '' ? {} : { library: builtin ? `node:${recorder}` : library }),
    ...(version === '' ? {} : { version }),
  }
  switch (report.at('state').value) {
    case 'attached':
      return {
        ...known,
        state: 'recorded',
        why: builtin ? 'a part of Node.js' : (how ?? (detail || 'from the start')),
      }
    case 'waiting':
      return { ...known, state: 'waiting', why: NOT_SEEN }
    default:
      return how !== undefined && detail.startsWith('recorded')
        ? {
            ...known,
            state: 'untried',
            why: detail,
            cure: 'A newer Yardstick may know it: npm install yardstick@latest',
          }
        : { ...known, state: 'lost', why: detail || 'it did not say why', cure: lostCure(detail) }
  }
}

/** What the doctor can tell of a recorder that has seen none of its libraries. */
function missing(recorder: string, installedHere: InstalledHere): readonly Finding[] {
  const libraries = recorders().find(({ name }) => name === recorder)?.libraries ?? []
  const installed = libraries.flatMap((library) => {
    const version = installedHere(library)
    return version === undefined ? [] : [{ library, version }]
  })
  if (installed.length === 0) return [{ recorder, state: 'waiting', why: NOT_SEEN }]
  const say = SAYABLE.has(recorder) ? ` or say its routes (yardstick/${recorder})` : ''
  const cure =
    'If the service uses it: it was loaded before Yardstick (start with "yardstick run"), ' +
    `or bundled into other files (leave it out of the bundle${say}), or nothing has loaded it yet.`
  return installed.map((known) => {
    return {
      recorder,
      ...known,
      state: 'waiting',
      why: 'installed in this folder, not seen in this process',
      cure,
    }
  })
}

function lostCure(detail: string): string {
  if (detail.includes('ES modules cannot be watched'))
    return 'Update Node.js, or load the library by require().'
  if (detail.includes('switched off')) return 'Report it with the errors below; a restart tries again.'
  if (detail.includes('before Yardstick was loaded'))
    return 'Start with "yardstick run", or load Yardstick first.'
  if (detail.includes('could not be attached')) return 'Load Yardstick before what freezes built-in objects.'
  return 'Update Yardstick; until then, track these calls in your code (docs/integration-guide.md).'
}

function errorsOf(json: Json): readonly Remark[] {
  const swallowed = json.at('dropped').at('errors').count()
  if (swallowed === 0) return []
  const said = json
    .at('recent_errors')
    .list()
    .map((error) => error.text())
  return [
    {
      what: `${swallowed} errors were kept from the application: ${said.join('; ')}`,
      cure: 'What failed may be missing from the figures. Mend the calls that are named; report the others.',
    },
  ]
}
