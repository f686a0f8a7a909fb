import type { Command } from 'commander'
import type { CliCommand } from '../cli-command.ts'
import { place } from '../place.ts'

const HELP = `
Asks the Yardstick that runs at --url; where none was given and none answers,
looks at the package.json, the configuration and the node_modules of the current
folder instead. It changes nothing.

Exit codes:
  0  nothing is lost
  1  something that should be recorded is not, or the configuration is refused
  2  nothing answers at the given address, and there is no package.json`

/** `yardstick doctor`: which libraries are recorded, how, which are not, why, and what to do. */
export const doctor: CliCommand = {
  name: 'doctor',
  addTo: (program: Command) => {
    const command = program
      .command('doctor')
      .summary('say which libraries are recorded, and why others are not')
      .description('Say which libraries are recorded, how, which are not, why, and what to do.')
    place(command)
      .option('--json', 'print JSON')
      .addHelpText('after', HELP)
      .action(async (options) => {
        const { runDoctor } = await import('../doctor/run-doctor.ts')
        process.exitCode = await runDoctor(options)
      })
  },
}
