#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { YardstickError } from '../ground/errors.ts'
import type { CliCommand } from './cli-command.ts'
import { alerts } from './commands/alerts.ts'
import { doctor } from './commands/doctor.ts'
import { init } from './commands/init.ts'
import { replay } from './commands/replay.ts'
import { run } from './commands/run.ts'
import { silences } from './commands/silences.ts'
import { store } from './commands/store.ts'
import { top } from './commands/top.ts'
import { validate } from './commands/validate.ts'
import { why } from './commands/why.ts'
import { EXIT_CODE } from './exit-code.ts'
import { packageVersion } from './package-version.ts'

/** Every command: one file and one line. */
const COMMANDS = [
  init,
  run,
  top,
  validate,
  doctor,
  alerts,
  why,
  silences,
  replay,
  store,
] as const satisfies readonly CliCommand[]

const HELP = `
Exit codes:
  0  fine
  1  a check failed
  2  the command line is wrong, or nothing answers at the address
"yardstick run" ends with the exit code, or by the signal, of the application.`

function program(): Command {
  const root = new Command('yardstick')
    .description('Tells whether a Node.js service meets its performance requirements, from inside it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', HELP)
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'yardstick: ')) })
    .exitOverride()
  for (const command of COMMANDS) command.addTo(root)
  withHint(root, 'yardstick')
  return root
}

/** Whoever has a word wrong is told where the right ones are. */
function withHint(command: Command, name: string): void {
  command.showHelpAfterError(`Try: ${name} --help`)
  for (const part of command.commands) withHint(part, `${name} ${part.name()}`)
}

/** The exit code for what a command threw; says it when it was not said yet. */
function failure(error: unknown): number {
  // Commander has printed its own already; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage
  if (error instanceof YardstickError) {
    process.stderr.write(`yardstick: ${error.message} [${error.code}]\n`)
    return EXIT_CODE.usage
  }
  throw error
}

// Whoever reads our output has seen enough (`yardstick validate | head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await program().parseAsync()
} catch (error) {
  process.exitCode = failure(error)
}
