// After tsc.
import { chmodSync, globSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'

// `dist` is `src`, with the contracts in a folder of it: they use the package's own modules, not copies.
for (const name of readdirSync('dist/src')) renameSync(join('dist/src', name), join('dist', name))
rmSync('dist/src', { recursive: true })
for (const file of globSync('dist/contracts/**/*.{js,ts}')) {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '(?:\.\.\/)+)src\//g, '$1'))
}

// What runs in the application's threads becomes one file: loading it as seventy took twice the start-up
// (57 instead of 40 ms CPU with everything, 22 without Yardstick).
const bundle = await rolldown({
  input: { index: 'dist/index.js', preload: 'dist/preload.js' },
  platform: 'node',
})
await bundle.write({ dir: 'dist', format: 'esm', chunkFileNames: 'application-[name].js' })

// Declarations that nobody's import leads to would only make the package larger.
const needed = new Set<string>()
for (const entry of ['index.d.ts', 'config-entry.d.ts', 'contracts/index.d.ts', 'register.d.cts'])
  follow(join('dist', entry))
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
