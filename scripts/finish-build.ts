// After tsc. What runs in the application's threads becomes one file: loading it as seventy took twice the start-up
// (57 instead of 40 ms CPU with everything, 22 without Yardstick).
import { chmodSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'

const bundle = await rolldown({
  input: { index: 'dist/index.js', preload: 'dist/preload.js' },
  platform: 'node',
})
await bundle.write({ dir: 'dist', format: 'esm', chunkFileNames: 'application-[name].js' })

// Declarations that nobody's import leads to would only make the package larger.
const needed = new Set<string>()
const subpaths = ['config', 'express', 'fastify', 'hono', 'koa'].map((name) => `${name}-entry.d.ts`)
for (const entry of ['index.d.ts', 'register.d.cts', ...subpaths]) follow(join('dist', entry))
for (const file of globSync('dist/**/*.d.{ts,cts}')) if (!needed.has(file)) rmSync(file)

// For those who link the package instead of installing it.
chmodSync('dist/cli/main.js', 0o755)

function follow(declaration: string): void {
  if (needed.has(declaration)) return
  needed.add(declaration)
  // TypeScript keeps the `.ts` that sources are imported by.
  for (const [, from] of readFileSync(declaration, 'utf8').matchAll(
    /(?:from|import\()\s*['"](\.[^'"]+)['"]/g,
  )) {
    follow(join(dirname(declaration), from!.replace(/(?:\.d)?\.(?:ts|js)$/, '.d.ts')))
  }
}
