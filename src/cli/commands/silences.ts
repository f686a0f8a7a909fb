import type { Command } from 'commander'
import type { CliCommand } from '../cli-command.ts'
import { by, partsOf } from '../part.ts'
import type { SilencesOptions } from '../run-silences.ts'

const HELP = `
Without a part it lists the silences that are not over yet. Nobody is told of
alerts that are silenced; they go on, and are shown.

Exit codes:
  0  fine
  2  nothing answers at the address, or it refuses: the message lists all that
     is wrong with a silence

Examples:
  $ yardstick silences
  $ yardstick silences add --component database --for 2h --comment "new disks"
  $ yardstick silences add --target "request GET /admin/**" --for 30min
  $ yardstick silences end 9851553d6a3198b2df8c`

/** `yardstick silences list|add|end`: keeps alerts quiet for a time. */
export const silences: CliCommand = {
  name: 'silences',
  addTo: (program: Command) => {
    const parent = program
      .command('silences')
      .summary('keep alerts quiet for a time')
      .description('List the silences of a running service, add and end them.')
      .addHelpText('after', HELP)
    const part = partsOf<SilencesOptions>(parent, async (...asked) =>
      (await import('../run-silences.ts')).runSilences(...asked),
    )
    part('list', 'the silences that are not over yet', { isDefault: true })
    const add = part('add', 'tell nobody of the alerts that fit every part that is given')
      .option('--target <id...>', 'of these targets: ids, or patterns over them')
      .option('--component <name...>', 'of these components')
      .option('--severity <severity...>', 'WARNING or CRITICAL')
      .option('--policy <name...>', 'by these policies')
      .option('--alert <id...>', 'these alerts')
      .option('--all', 'all alerts')
      .option('--for <duration>', 'how long, such as "2h"')
      .option('--until <time>', 'or until when, such as "2026-01-10T12:00:00Z"')
      .option('--from <time>', 'when it begins (default: now)')
      .option('--comment <text>', 'why')
    by(add)
    by(part('end <id>', 'end a silence now: what it kept quiet and still fires is told'))
  },
}
