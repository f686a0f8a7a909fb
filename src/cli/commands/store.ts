import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../ground/duration.ts'
import type { CliCommand } from '../cli-command.ts'

const HELP = `
Without --store it is the store of the configuration in the current folder, by
default .yardstick/yardstick.db. info, verify and export change nothing and may
be used while services run.

Exit codes:
  0  fine
  1  verify found something that is not what was written
  2  the command line is wrong, or the store cannot be used

Examples:
  $ yardstick store info
  $ yardstick store trim --older-than 30d
  $ yardstick store export --store a.db | yardstick store import --store b.db`

/** `yardstick store info|migrate|trim|verify|export|import`: looks into what is kept, and moves it. */
export const store: CliCommand = {
  name: 'store',
  addTo: (program: Command) => {
    const parent = program
      .command('store')
      .summary('look into what is kept, trim and move it')
      .description('Look into the figures that are kept, trim and move them.')
      .addHelpText('after', HELP)
    part(parent, 'info', 'what is kept, how old it is, and who saved it')
    part(parent, 'migrate', 'bring the tables of an older Yardstick up to date')
    part(parent, 'trim', 'delete what is older, and make the file smaller').requiredOption(
      '--older-than <duration>',
      'such as "30d" or "12h"',
      age,
    )
    part(parent, 'verify', 'read everything, and name what cannot be read')
    part(parent, 'export', 'write everything as lines of JSON').option(
      '--to <file>',
      'where to (default: standard output)',
    )
    part(parent, 'import', 'add what was exported').option(
      '--from <file>',
      'where from (default: standard input)',
    )
  },
}

function part(parent: Command, name: string, what: string): Command {
  return parent
    .command(name)
    .description(`${what[0]!.toUpperCase()}${what.slice(1)}.`)
    .summary(what)
    .option('--store <store>', 'sqlite, or the path of an SQLite file')
    .option('--config <file>', 'configuration file (default: yardstick.config.* here)')
    .option('--json', 'say it as JSON')
    .action(async (options) => {
      const { runStore } = await import('../store/run-store.ts')
      process.exitCode = await runStore(name, options)
    })
}

function age(text: string): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined) return durationMs
  throw new InvalidArgumentError('Expected a duration such as "30d", "12h" or "90min".')
}
