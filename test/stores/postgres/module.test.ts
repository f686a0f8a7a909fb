import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

test('where pg is not installed, opening says so and how to get it', async (context) => {
  const place = mkdtempSync(join(tmpdir(), 'yardstick-without-pg-'))
  context.after(() => rmSync(place, { recursive: true }))
  cpSync('src', join(place, 'src'), { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(place, 'open.ts'),
    `import { openPostgres } from './src/stores/postgres.ts'
     const context = { directory: '.', clock: { wallMs: () => 0, monotonicMs: () => 0 }, logger: console }
     await openPostgres({}, context).catch(({ code, message }) => console.log(code, message))`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, ['open.ts'], { cwd: place })
  assert.match(stdout, /^YS_STORE_OPEN .*needs the package pg.*npm install pg\n$/)
})
