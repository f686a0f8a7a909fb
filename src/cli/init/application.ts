import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'

const FOLDERS = ['', 'src/']
const NAMES = ['server', 'app', 'index', 'main']
const ENDS = ['ts', 'mts', 'js', 'mjs', 'cjs']

/** The script that most likely is the application, to name in advice. `npm init` writes a `main` that is seldom there. */
export function applicationOf({ root, manifest: { main } }: Project): string {
  const usual = FOLDERS.flatMap((folder) =>
    NAMES.flatMap((name) => ENDS.map((end) => `${folder}${name}.${end}`)),
  )
  const there = [...(main === undefined ? [] : [main]), ...usual].find((file) => existsSync(join(root, file)))
  return there ?? main ?? 'app.js'
}
