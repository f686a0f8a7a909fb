import type { Command } from 'commander'
import type { CliCommand } from '../cli-command.ts'

const HELP = `
Looks at package.json and shows what it would change: the start script runs
under "yardstick run", yardstick.config.ts holds the targets, .gitignore leaves
the figures out. It asks before it does, and never overwrites a file.

Exit codes:
  0  fine
  2  there is no package.json, or it could not be changed`

/** `yardstick init`: sets a project up, in the five minutes of the integration guide. */
export const init: CliCommand = {
  name: 'init',
  addTo: (program: Command) => {
    program
      .command('init')
      .summary('set up the project in the current folder')
      .description('Set up the project in the current folder: start script, configuration, .gitignore.')
      .option('-y, --yes', 'make the changes without asking')
      .option('--dry-run', 'only show them')
      .addHelpText('after', HELP)
      .action(async (options) => {
        const { runInit } = await import('../init/run-init.ts')
        process.exitCode = await runInit(options)
      })
  },
}
