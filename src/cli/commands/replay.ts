import type { Command } from 'commander'
import type { CliCommand } from '../cli-command.ts'

const HELP = `
A scenario says itself what is measured, by which rules, and what has to be so.
A CSV has the columns time, component, duration_ms and, if you like, series,
outcome (ok, failed, hit, miss) and count; it is run through the targets and
alert rules of the configuration.

Exit codes:
  0  fine
  1  a check of the scenario does not hold
  2  the file was not found, or could not be read`

/** `yardstick replay`: what would have fired, and when. */
export const replay: CliCommand = {
  name: 'replay',
  addTo: (program: Command) => {
    program
      .command('replay')
      .summary('tell what would have fired, from a scenario or a CSV')
      .description('Run a scenario file (.scenario) or a table of operations (.csv) through the alert rules.')
      .argument('<file>', 'a .scenario or a .csv file')
      .option('--config <file>', 'configuration with targets and rules for a CSV (default: looked for)')
      .option('--json', 'print events and notices as JSON')
      .addHelpText('after', HELP)
      .action(async (file: string, options) => {
        const { runReplay } = await import('../run-replay.ts')
        process.exitCode = await runReplay(file, options)
      })
  },
}
