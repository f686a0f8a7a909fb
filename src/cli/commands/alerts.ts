import { type Command, Option } from 'commander'
import type { CliCommand } from '../cli-command.ts'
import { by, partsOf } from '../part.ts'
import type { AlertsOptions } from '../run-alerts.ts'

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
    const part = partsOf<AlertsOptions>(parent, async (...asked) =>
      (await import('../run-alerts.ts')).runAlerts(...asked),
    )
    part('list', 'the alerts that fire now, or once did', { isDefault: true })
      .addOption(
        new Option('--status <status>', 'which ones')
          .choices(['active', 'resolved', 'all'])
          .default('active'),
      )
      .addOption(new Option('--severity <severity>', 'only these').choices(['WARNING', 'CRITICAL']))
      .option('--component <name>', 'only of this component')
      .option('--since <when>', 'such as "24h", or a time (default: 7 days ago)')
    part('show <id>', 'one alert and what happened to it')
    by(part('ack <id>', 'say that you look after an alert')).option('--comment <text>', 'what you do')
    by(part('resolve <id>', 'resolve an alert by hand'))
    part('retry', 'send again the notices that were given up on')
    part('test <notifier>', 'send a test notice')
  },
}
