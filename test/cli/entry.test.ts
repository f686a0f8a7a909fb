import assert from 'node:assert/strict'
import { delimiter } from 'node:path'
import { test } from 'node:test'
import { type Entry, findEntry } from '../../src/cli/entry.ts'
import { folder } from './folder.ts'

const FILES = {
  'app.js': '',
  'server.ts': '',
  'worker.mjs': '',
  'start.sh*': '#!/bin/sh\n',
  'cli*': '#!/usr/bin/env node\n',
  plain: 'console.log(1)',
  'lib/index.js': '',
  'npm/index.js': '',
  'jest.js': '',
  'script.js*': '#!/usr/bin/env node\n',
  'bin/npm*': '#!/usr/bin/env node\n',
  'bin/strict*': '#! /usr/bin/env -S node --no-warnings\n',
  'bin/jest*': '#!/usr/bin/env node\n',
  'bin/nodeish*': '#!/bin/sh -nodejs\n',
  'bin/gone*': '#!/not/there/node\n',
  'bin/locked': '#!/usr/bin/env node\n',
}

test('what a person may mean by the app', async (t) => {
  const at = folder(t, FILES)
  const find = (app: string): Entry | undefined =>
    findEntry(app, { cwd: at('.'), searchPath: ['nowhere', at('bin')].join(delimiter), extensions: '' })
  const script = (path: string): Entry => ({ kind: 'script', path })
  const program = (path: string, byNode: boolean): Entry => ({ kind: 'program', path: at(path), byNode })
  const cases: readonly (readonly [what: string, app: string, expected: Entry | undefined])[] = [
    ['a script', 'app.js', script('app.js')],
    ['a script by its absolute path', at('app.js'), script(at('app.js'))],
    ['TypeScript', './server.ts', script('./server.ts')],
    ['a module', 'worker.mjs', script('worker.mjs')],
    ['a script without its ending, as Node finds it', 'app', script('app')],
    ['a folder, as Node finds it', './lib', script('./lib')],
    ['a folder without a program of its name', 'lib', script('lib')],
    ['a file without an ending', 'plain', script('plain')],
    ['an executable script is still a script', 'script.js', script('script.js')],
    ['a shell script', './start.sh', program('start.sh', false)],
    ['a file that says Node runs it', 'cli', program('cli', true)],
    ['a program on PATH wins over a folder', 'npm', program('bin/npm', true)],
    ['flags in the first line', 'strict', program('bin/strict', true)],
    ['a script beside us wins over PATH', 'jest', script('jest')],
    ['another interpreter', 'nodeish', program('bin/nodeish', false)],
    ['an interpreter that does not exist', 'gone', program('bin/gone', false)],
    ['a file on PATH that cannot be run', 'locked', undefined],
    ['PATH is not asked for a path', './npm', script('./npm')],
    ['nothing', 'missing', undefined],
    ['nothing at a path', './bin/missing', undefined],
  ]
  for (const [what, app, expected] of cases) await t.test(what, () => assert.deepEqual(find(app), expected))
})
