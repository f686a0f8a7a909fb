import { createInterface } from 'node:readline/promises'
import { painted } from '../card/ink.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { printable } from '../printable.ts'
import { projectOf } from '../project.ts'
import { applicationOf } from './application.ts'
import { apply } from './apply.ts'
import type { Change, Plan } from './change.ts'
import { planOf } from './plan.ts'

export interface InitOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

function next(start: string): string {
  return `
Next: ${start}
      npx yardstick validate    proves the installation
      npx yardstick top         shows the live report card
`
}

/**
 * Shows what it would change in the project of the current folder, and does it when told so. Gives the exit code.
 *
 * @throws YardstickError `YS_PROJECT` without a package.json that can be read and changed
 */
export async function runInit({ yes, dryRun }: InitOptions): Promise<number> {
  const { stdin, stdout, env } = process
  const color = stdout.isTTY && !env.NO_COLOR
  const project = projectOf(process.cwd())
  const plan = planOf(project)
  stdout.write(shown(plan, project.root, color))
  if (plan.changes.length === 0) {
    stdout.write('Nothing has to be changed.\n')
    return EXIT_CODE.ok
  }
  if (dryRun === true) return EXIT_CODE.ok
  if (yes !== true && !stdin.isTTY) {
    stdout.write('Nothing was changed: there is nobody to ask. "yardstick init --yes" makes the changes.\n')
    return EXIT_CODE.ok
  }
  if (yes !== true && !(await agreed())) {
    stdout.write('Nothing was changed.\n')
    return EXIT_CODE.ok
  }
  apply(project.root, plan.changes)
  const { start } = project.manifest.scripts
  stdout.write(
    `Done.\n${next(start === undefined ? `npx yardstick run ${applicationOf(project)}` : 'npm start')}`,
  )
  return EXIT_CODE.ok
}

async function agreed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await lines.question('Make these changes? [y/N] ')).trim())
  } catch {
    // Ctrl-C, Ctrl-D: no.
    return false
  } finally {
    lines.close()
  }
}

function shown({ changes, kept, left }: Plan, root: string, color: boolean): string {
  const lines = [
    painted(printable(root), 'title', color),
    '',
    ...changes.flatMap((change) => [...lineOf(change, color), '']),
    ...kept.map((text) => `  ${painted('✓', 'good', color)} ${printable(text)}`),
    ...left.map((text) => `  ${painted('·', 'faint', color)} ${printable(text)}`),
    ...(kept.length + left.length > 0 ? [''] : []),
  ]
  return `${lines.join('\n')}\n`
}

function lineOf({ file, before, removed, added }: Change, color: boolean): readonly string[] {
  return [
    `  ${file}${before === undefined ? ' (new)' : ''}`,
    ...removed.map((line) => `  ${painted(`- ${printable(line)}`.trimEnd(), 'worst', color)}`),
    ...added.map((line) => `  ${painted(`+ ${printable(line)}`.trimEnd(), 'good', color)}`),
  ]
}
