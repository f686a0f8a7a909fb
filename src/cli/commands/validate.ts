import { type Command, Option } from 'commander'
import type { CliCommand } from '../cli-command.ts'

const HELP = `
Without --url it starts a small server of its own under Yardstick (figures in
memory, free ports of this machine), sends it known traffic and compares
Yardstick's answers with what was sent. With --url it only reads: it checks that
the running service answers, and says what is measured there and what is not.

Exit codes:
  0  every check passed
  1  a check failed
  2  nothing answers at the address`

/** `yardstick validate`: proves an installation, end to end. */
export const validate: CliCommand = {
  name: 'validate',
  addTo: (program: Command) => {
    program
      .command('validate')
      .summary('prove that the installation works, end to end')
      .description('Prove that the installation works, and say what is and what is not measured.')
      .option('--url <url>', 'check the service whose Yardstick answers here instead')
      .option('--token <token>', 'access token for --url (default: YARDSTICK_TOKEN)')
      .addOption(
        new Option(
          '--config <file>',
          'configuration file to check (default: yardstick.config.* here)',
        ).conflicts('url'),
      )
      .addHelpText('after', HELP)
      .action(async (options) => {
        const { runValidation } = await import('../validation/run-validation.ts')
        process.exitCode = await runValidation(options)
      })
  },
}
