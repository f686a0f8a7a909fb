import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../ground/duration.ts'
import type { CliCommand } from '../cli-command.ts'
import { place } from '../place.ts'

const HELP = `
Prints plain text, one card after the other, when the output is no terminal.
Colours only on a terminal, and never with NO_COLOR set. q or Ctrl-C ends it.

Exit codes:
  0  fine
  2  nothing answers at the address (with --once; else it keeps trying)`

const MIN_INTERVAL_MS = 200

/** `yardstick top`: the live report card. */
export const top: CliCommand = {
  name: 'top',
  addTo: (program: Command) => {
    const command = program
      .command('top')
      .summary('show the live report card of a running service')
      .description('Show the live report card of a running service.')
    place(command)
      .addOption(
        new Option('--window <window>', 'span of the figures')
          .choices(['1min', '5min', '1hour', '1day'])
          .default('1min'),
      )
      .addOption(
        new Option('--interval <duration>', 'time between two readings')
          .argParser(interval)
          .default(1000, '1s'),
      )
      .option('--once', 'print one card and end')
      // For whoever starts it on another program's behalf, as the demo does.
      .addOption(new Option('--note <text>', 'said below the card on a terminal').hideHelp())
      .addHelpText('after', HELP)
      .action(async (options) => {
        const { runTop } = await import('../run-top.ts')
        process.exitCode = await runTop(options)
      })
  },
}

function interval(text: string): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined && durationMs >= MIN_INTERVAL_MS) return durationMs
  throw new InvalidArgumentError(`Expected a duration of at least ${MIN_INTERVAL_MS}ms, such as "2s".`)
}
