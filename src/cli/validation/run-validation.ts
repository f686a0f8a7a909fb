import type { Paper } from '../card/table.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { packageVersion } from '../package-version.ts'
import type { Section } from './check.ts'
import { renderSection, renderSum } from './checklist.ts'
import { ownService } from './own-service.ts'
import { runningService } from './running-service.ts'

export interface ValidateOptions {
  readonly url?: string
  readonly token?: string
  /** Without `url`: the configuration file to check. Default: the one that is found from the current folder. */
  readonly config?: string
}

const WIDTH = 100

/**
 * Prints the checklist of an installation, or of a running service. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_ANSWER` when nothing answers at `url`
 */
export async function runValidation({ url, token, config }: ValidateOptions): Promise<number> {
  const { stdout, env } = process
  const paper: Paper = {
    width: Math.min(WIDTH, stdout.columns || WIDTH),
    color: stdout.isTTY && !env.NO_COLOR,
  }
  const version = packageVersion()
  const sections =
    url === undefined ? ownService(config) : runningService(url, token ?? env.YARDSTICK_TOKEN, version)
  const done: Section[] = []
  for await (const section of sections) {
    if (done.length === 0) stdout.write(`Yardstick ${version}\n`)
    stdout.write(`\n${renderSection(section, paper)}`)
    done.push(section)
  }
  stdout.write(`\n${renderSum(done, paper)}`)
  return done.some(({ checks }) => checks.some(({ outcome }) => outcome === 'failed'))
    ? EXIT_CODE.failed
    : EXIT_CODE.ok
}
