import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliCommand } from '../cli-command.ts'

const HELP = `
Loads Yardstick before the application, in the same process where the system
allows that: same pid, signals, exit code and stdio. Workers and child processes
are measured too. Words starting with "-" before <app> are flags for Node.

Examples:
  $ yardstick run app.js
  $ yardstick run --service shop --port 9800 src/server.ts --verbose
  $ yardstick run --inspect app.js
  $ yardstick run npm start`

/** `yardstick run [options] app.js [args…]` */
export const run: CliCommand = {
  name: 'run',
  addTo: (program) => {
    const command = program
      .command('run')
      .summary('run an application under Yardstick')
      .description('Run an application under Yardstick, unchanged.')
      .usage('[options] [flags for Node] <app> [args...]')
      .argument('<app>', 'script (app.js, app.ts, .) or program (npm, node)')
      .argument('[args...]', 'what the application is given')
      .option('--config <file>', 'configuration file (default: yardstick.config.* in this folder or above)')
      .option(
        '--service <name>',
        'name of the service; wins over file and code (default: the name in package.json)',
      )
      .option('--port <port>', "Yardstick's own port on 127.0.0.1 (default: 9797)", port)
      .option('--no-port', 'open no port')
      .option(
        '--store <store>',
        'where figures are kept: memory, sqlite, the path of an SQLite file, or postgres://…',
      )
      .addOption(
        new Option('--headers <which>', 'headers added to responses; default: none').choices(['none', 'all']),
      )
      .addHelpText('after', HELP)
      .passThroughOptions()
      .allowUnknownOption()
    command.action(async (app: string, args: readonly string[], options: object) => {
      const { runApplication } = await import('../run-application.ts')
      await runApplication([app, ...args], options, ownOptions(command))
    })
  },
}

function ownOptions(command: Command): readonly string[] {
  return command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]))
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('Expected a number from 0 to 65535 (0: any free one).')
}
