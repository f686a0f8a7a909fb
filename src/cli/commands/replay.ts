import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../ground/duration.ts'
import { instantOf } from '../../ground/instant.ts'
import type { CliCommand } from '../cli-command.ts'
import type { Moment } from '../replay/replay-store.ts'

const HELP = `
A scenario says itself what is measured, by which rules, and what has to be so.
A CSV has the columns time, component, duration_ms and, if you like, series,
outcome (ok, failed, hit, miss) and count. A CSV and what a store holds are run
through the targets and alert rules of the configuration.

Exit codes:
  0  fine
  1  a check of the scenario does not hold
  2  the file or the store was not found, or could not be read

Examples:
  $ yardstick replay --store --since 24h
  $ yardstick replay --store shop.db --since 2026-01-15T08:00:00Z --until 1h
  $ yardstick replay --store --config candidate.config.ts`

/** `yardstick replay`: what would have fired, and when. */
export const replay: CliCommand = {
  name: 'replay',
  addTo: (program: Command) => {
    program
      .command('replay')
      .summary('tell what would have fired, from stored history, a scenario or a CSV')
      .description(
        'Run stored history (--store), a scenario file (.scenario) or a table of operations (.csv) through the alert rules.',
      )
      .argument('[file]', 'a .scenario or a .csv file')
      .option(
        '--store [store]',
        'what a store holds: the path of an SQLite file, the URL of a PostgreSQL database (default: of the configuration)',
      )
      .option('--since <when>', 'from when: a duration such as 24h, or a time (default: 24h)', moment)
      .option('--until <when>', 'until when (default: now)', moment)
      .option('--service <name>', 'whose history (default: of the configuration)')
      .option('--config <file>', 'configuration with targets and rules (default: looked for)')
      .option('--json', 'print events and notices as JSON')
      .addHelpText('after', HELP)
      .action(async (file: string | undefined, options) => {
        const { runReplay } = await import('../run-replay.ts')
        process.exitCode = await runReplay(file, options)
      })
  },
}

function moment(text: string): Moment {
  const agoMs = parseDuration(text)
  if (agoMs !== undefined) return { agoMs }
  const atMs = instantOf(text)
  if (atMs !== undefined) return { atMs }
  throw new InvalidArgumentError(
    'Expected a duration such as "24h" or a time such as "2026-01-15T08:00:00Z".',
  )
}
