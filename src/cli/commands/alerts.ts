import { type Command, Option } from 'commander'
import type { CliCommand } from '../cli-command.ts'
import { place } from '../place.ts'

const HELP = `
Without a part it lists the alerts that fire now.

Exit codes:
  0  fine
  2  nothing answers at the address, or it refuses: no such alert, no such
     notifier, a notice that was not delivered

Examples:
  $ yardstick alerts
  $ yardstick alerts list --status all --since 24h
  $ yardstick alerts ack 5f0c2b7de1a94c3b8d21 --comment "on it"
  $ yardstick alerts test slack`

/** `yardstick alerts list|show|ack|resolve|retry|test`: looks at alerts and tells them something. */
export const alerts: CliCommand = {
  name: 'alerts',
  addTo: (program: Command) => {
    const parent = program
      .command('alerts')
      .summary('list and acknowledge alerts, try notifiers')
      .description('List the alerts of a running service, acknowledge and resolve them, try its notifiers.')
      .addHelpText('after', HELP)
    part(parent, 'list', 'the alerts that fire now, or once did', { isDefault: true })
      .addOption(
        new Option('--status <status>', 'which ones')
          .choices(['active', 'resolved', 'all'])
          .default('active'),
      )
      .addOption(new Option('--severity <severity>', 'only these').choices(['WARNING', 'CRITICAL']))
      .option('--component <name>', 'only of this component')
      .option('--since <when>', 'such as "24h", or a time (default: 7 days ago)')
    part(parent, 'show <id>', 'one alert and what happened to it')
    by(part(parent, 'ack <id>', 'say that you look after an alert')).option('--comment <text>', 'what you do')
    by(part(parent, 'resolve <id>', 'resolve an alert by hand'))
    part(parent, 'retry', 'send again the notices that were given up on')
    part(parent, 'test <notifier>', 'send a test notice')
  },
}

function part(
  parent: Command,
  usage: string,
  what: string,
  options: { readonly isDefault?: boolean } = {},
): Command {
  const command = parent
    .command(usage, options)
    .allowExcessArguments(options.isDefault === true)
    .description(`${what[0]!.toUpperCase()}${what.slice(1)}.`)
    .summary(what)
  return place(command).action(async (...words) => {
    // The default part is asked, too, where no part is called so.
    if (options.isDefault === true && command.args.length > 0) {
      const parts = parent.commands.map((each) => each.name()).join(', ')
      parent.error(`error: unknown part '${command.args[0]}' of alerts, there are ${parts}`)
    }
    const { runAlerts } = await import('../run-alerts.ts')
    const subject = typeof words[0] === 'string' ? words[0] : ''
    process.exitCode = await runAlerts(command.name(), subject, command.opts())
  })
}

function by(command: Command): Command {
  return command.option('--by <name>', 'who you are (default: your user name)')
}
