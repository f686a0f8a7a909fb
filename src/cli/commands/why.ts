import type { Command } from 'commander'
import type { CliCommand } from '../cli-command.ts'
import { place } from '../place.ts'

const HELP = `
Says for each policy that watches the target which condition for an alert holds
now and which does not, with numbers, and who would be told.

Exit codes:
  0  fine
  2  nothing answers at the address, or there is no such target`

/** `yardstick why TARGET`: why an alert of a target did or did not fire. */
export const why: CliCommand = {
  name: 'why',
  addTo: (program: Command) => {
    const command = program
      .command('why')
      .summary('tell why an alert did or did not fire')
      .description('Tell why a target of a running service has an alert, or none.')
      .argument('<target...>', 'the id of a target, such as database')
      .addHelpText('after', HELP)
    place(command)
      .option('--json', 'the answer as JSON')
      .action(async (target: readonly string[], options) => {
        const { runWhy } = await import('../run-why.ts')
        // Many ids hold spaces ("request GET /users/:id"): they need no quotes.
        process.exitCode = await runWhy(target.join(' '), options)
      })
  },
}
