import { loadSettings } from '../../config/load.ts'
import { YardstickError } from '../../ground/errors.ts'
import { addressOf } from '../address-of.ts'
import { ApiRefusal, apiClient } from '../api-client.ts'
import type { Paper } from '../card/table.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { installedVersion, projectOf } from '../project.ts'
import { type Check, failed, noted, passed, type Section } from '../validation/check.ts'
import { renderSection } from '../validation/checklist.ts'
import { checkSettings } from '../validation/settings-checks.ts'
import type { Finding, Findings, Remark } from './finding.ts'
import { projectFindings } from './project-findings.ts'
import { type InstalledHere, runningFindings } from './running-findings.ts'

export interface DoctorOptions {
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

const WIDTH = 100

/**
 * Prints which libraries are recorded. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_ANSWER` when nothing answers at `url`, or a Yardstick refuses to;
 * `YS_API_SEVERAL`; `YS_PROJECT` when nothing runs and the current folder is no project
 */
export async function runDoctor({ url, token, json }: DoctorOptions): Promise<number> {
  const { stdout, env } = process
  const found = await look(url, token ?? env.YARDSTICK_TOKEN)
  if (json === true) stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  else {
    const paper: Paper = {
      width: Math.min(WIDTH, stdout.columns || WIDTH),
      color: stdout.isTTY && !env.NO_COLOR,
    }
    stdout.write(
      sectionsOf(found)
        .map((section) => renderSection(section, paper))
        .join('\n'),
    )
  }
  const isLost =
    found.findings.some(({ state }) => state === 'lost') ||
    found.configuration?.some(({ outcome }) => outcome === 'failed') === true
  return isLost ? EXIT_CODE.failed : EXIT_CODE.ok
}

async function look(url: string | undefined, token: string | undefined): Promise<Findings> {
  try {
    const { url: address } = await addressOf(url)
    const ask = apiClient(address, token)
    const self = await ask('self')
    const runtime = await ask('runtime').catch(() => undefined)
    const found = runningFindings({ self, runtime }, address, installedHere())
    return url === undefined ? { ...found, remarks: [...found.remarks, ...(await refusedHere())] } : found
  } catch (error) {
    // Nobody has said that something runs: then it is the project that is asked about.
    const isNobody = error instanceof YardstickError && error.code !== 'YS_API_SEVERAL'
    const refuses = error instanceof ApiRefusal && error.byYardstick
    if (url !== undefined || !isNobody || refuses) throw error
    const project = projectOf(process.cwd())
    const { checks } = await checkSettings(project.root)
    return { ...projectFindings(project), configuration: checks }
  }
}

/** Where nobody has said which service is meant, it may be another folder's: that this one's would be refused is told, too. */
async function refusedHere(): Promise<readonly Remark[]> {
  try {
    await loadSettings({ directory: process.cwd(), environment: process.env })
    return []
  } catch (error) {
    // What else goes wrong here says nothing of the service that was asked for.
    if (!(error instanceof YardstickError)) return []
    const cure = 'A service that starts here would run unmeasured: mend it, or ask about one by --url.'
    return [
      { what: `the configuration of this folder would be refused: ${error.message} [${error.code}]`, cure },
    ]
  }
}

/** The current folder need not be a project: then nothing is known of what is installed. */
function installedHere(): InstalledHere {
  try {
    const project = projectOf(process.cwd())
    return (library) => installedVersion(project, library)
  } catch {
    return () => undefined
  }
}

function sectionsOf({ title, at, configuration = [], findings, remarks }: Findings): readonly Section[] {
  const sections: readonly Section[] = [
    { title: `${title}, ${at}`, checks: [] },
    { title: 'Configuration', checks: configuration },
    { title: 'Recorded', checks: checksOf(findings, 'recorded', 'untried') },
    { title: 'Not recorded', checks: checksOf(findings, 'lost') },
    { title: 'Not seen', checks: waitingChecks(findings) },
    { title: 'To know', checks: remarks.map(({ what, cure }) => noted(`${what}. ${cure}`)) },
  ]
  return sections.filter(({ checks }, index) => index === 0 || checks.length > 0)
}

function checksOf(findings: readonly Finding[], ...states: readonly Finding['state'][]): readonly Check[] {
  return findings.filter(({ state }) => states.includes(state)).map(checkOf)
}

/** What is not installed here either goes into one line: nobody needs a paragraph on each library they do not have. */
function waitingChecks(findings: readonly Finding[]): readonly Check[] {
  const waiting = findings.filter(({ state }) => state === 'waiting')
  const absent = waiting.filter(({ library }) => library === undefined).map(({ recorder }) => recorder)
  return [
    ...waiting.filter(({ library }) => library !== undefined).map(checkOf),
    ...(absent.length === 0
      ? []
      : [noted('neither seen in it nor installed in this folder', absent.join(', '))]),
  ]
}

function checkOf({ recorder, library, version, state, why, cure }: Finding): Check {
  const what = [library ?? recorder, version].filter((each) => each !== undefined).join(' ')
  const detail = cure === undefined ? why : `${why}. ${cure}`
  if (state === 'recorded') return passed(what, detail)
  return state === 'lost' ? failed(what, detail) : noted(what, detail)
}
