import type { Command } from 'commander'
import { place } from './place.ts'

type AddPart = (usage: string, what: string, options?: { readonly isDefault?: boolean }) => Command

/**
 * What adds the parts of a command that asks a running service.
 *
 * @param run does what a part is for, with the word that stands after it, and gives the exit code
 * @example partsOf(alerts, run)('show <id>', 'one alert and what happened to it')
 */
export function partsOf<Options extends object>(
  parent: Command,
  run: (part: string, subject: string, options: Options) => Promise<number>,
): AddPart {
  return (usage, what, { isDefault = false } = {}) => {
    const command = parent
      .command(usage, { isDefault })
      .allowExcessArguments(isDefault)
      .description(`${what[0]!.toUpperCase()}${what.slice(1)}.`)
      .summary(what)
    return place(command)
      .option('--json', 'the answer as JSON')
      .action(async (...words) => {
        // The default part is asked, too, where no part is called so.
        if (isDefault && command.args.length > 0) {
          const parts = parent.commands.map((each) => each.name()).join(', ')
          parent.error(`error: unknown part '${command.args[0]}' of ${parent.name()}, there are ${parts}`)
        }
        const subject = typeof words[0] === 'string' ? words[0] : ''
        process.exitCode = await run(command.name(), subject, command.opts())
      })
  }
}

export function by(command: Command): Command {
  return command.option('--by <name>', 'who you are (default: your user name)')
}
