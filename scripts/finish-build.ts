// After tsc.
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { rolldown } from 'rolldown'

// `dist` is `src`, with the contracts in a folder of it: they use the package's own modules, not copies.
for (const name of readdirSync('dist/src')) renameSync(join('dist/src', name), join('dist', name))
rmSync('dist/src', { recursive: true })
for (const file of globSync('dist/contracts/**/*.{js,ts}')) {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '(?:\.\.\/)+)src\//g, '$1'))
}

// The benches drive single modules, most of which the package has only as a part of its bundles.
cpSync('dist', 'build', { recursive: true, filter: (file) => !file.endsWith('.d.ts') })

// The bundler's own code for a module's exports would meet what an application has put on Object.prototype.
const OWN_CODE = [
  ['for (var name in all)', 'for (var name of Object.keys(all))'],
  [
    'var __defProp = Object.defineProperty;',
    'var __defProp = (target, name, own) => Object.defineProperty(target, name, Object.setPrototypeOf(own, null));',
  ],
] as const

// Bundled with an application into an ES module it has no `__filename`; nothing of ours lies beside it there.
const OWN_URL =
  'const OWN_URL = process.getBuiltinModule("node:url").pathToFileURL(' +
  'typeof __filename === "string" ? __filename : process.argv[1] ?? process.execPath).href;\n'

// What runs in the application's threads becomes one file: loading it as seventy took twice the start-up
// (57 instead of 40 ms CPU with everything, 22 without Yardstick). It is CommonJS, because only that can be loaded from
// what was compiled before (src/compiled.cts).
const bundle = await rolldown({
  input: { index: 'dist/index.js', preload: 'dist/preload.js' },
  platform: 'node',
  transform: { define: { 'import.meta.url': 'OWN_URL' } },
  plugins: [
    {
      name: 'own-properties',
      renderChunk: (code) => OWN_CODE.reduce((text, [from, to]) => text.replaceAll(from, to), code),
    },
    { name: 'built-in-modules', renderChunk: builtInModules },
    { name: 'common-js', renderChunk: commonJs },
  ],
})
const application = await bundle.write({
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'application-[name].cjs',
  // Half of the text was comments and indentation, which V8 reads too; names stay, for stack traces.
  comments: false,
})

// The engine's thread too, with what it needs of its libraries: zod's translations alone took 8 MB of every process.
const engine = await rolldown({
  input: { 'engine-thread': 'dist/engine-thread.js' },
  platform: 'node',
  // Loaded only where they are used.
  external: ['nodemailer', 'pg'],
})
const thread = await engine.write({
  dir: 'dist',
  format: 'esm',
  chunkFileNames: 'engine-[name].js',
  comments: false,
})
const chunks = [...application.output, ...thread.output].filter((part) => part.type === 'chunk')
// V8 keeps a file's text for as long as it runs, in two bytes a character where one of them is not Latin.
for (const { fileName, code } of chunks) writeFileSync(join('dist', fileName), inAscii(code))
const modules = chunks.flatMap(({ moduleIds }) => moduleIds)
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences(modules))

const [entry] = application.output
writeFileSync('dist/index.js', `export { ${entry.exports.join(', ')} } from './index.cjs'\n`)

// Modules and declarations that no entry leads to would only make the package larger.
const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = JSON.stringify([bin, exports]).matchAll(/"\.\/(dist\/[^"]+)"/g)
const needed = new Set<string>()
for (const [, entry] of entries) follow(normalize(entry!))
for (const file of globSync('dist/**/*.{js,cjs,ts,cts}')) if (!needed.has(file)) rmSync(file)

// For those who link the package instead of installing it.
chmodSync('dist/cli/main.js', 0o755)

/**
 * Node's own modules without `import`: that makes a facade of each, which looks at every export and so loads what is
 * loaded lazily otherwise (file streams, `fs/promises`).
 */
function builtInModules(code: string): string {
  return code.replaceAll(
    /^import (?:\{([^}]+)\}|\* as (\w+)) from "(node:[\w/]+)";$/gm,
    (_line, names: string | undefined, all: string | undefined, name: string) => {
      const bound = all ?? `{${names!.replaceAll(' as ', ': ')}}`
      return `const ${bound} = process.getBuiltinModule("${name}");`
    },
  )
}

/**
 * An ES module that imports only this package's, as CommonJS. (The bundler's own CommonJS looks up what it takes of
 * Node's modules at every use: slower, and others may have changed it by then.)
 */
function commonJs(code: string): string {
  if (/\bimport\(/.test(code)) throw new Error('what is compiled before cannot import later')
  const pairs = (names: string) => names.replaceAll(' as ', ': ')
  const turned = (names: string) => names.replaceAll(/([\w$]+) as ([\w$]+)/g, '$2: $1')
  const required = code
    .replaceAll(
      /^import \{(.+)\} from (".+");$/gm,
      (_line, names, from) => `const {${pairs(names)}} = require(${from});`,
    )
    .replace(/^export \{(.*)\};$/m, (_line, names) => `module.exports = {${turned(names)}};`)
  return `"use strict";\n${required.includes('OWN_URL') ? OWN_URL : ''}${required}`
}

/** What is not ASCII stands in texts only, the comments being left out. */
function inAscii(code: string): string {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The licences of the packages that are part of a bundle, as they ask for. */
function licences(modules: readonly string[]): string {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? [])
  return [...new Set(folders)].sort().map(licenceOf).join('\n')
}

function licenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [file] = globSync('LICEN{S,C}E*', { cwd: folder })
  if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8')}`
}

/** Also to what is started by its URL, a worker or a preload: every module's path stands in quotes. */
function follow(file: string): void {
  if (needed.has(file)) return
  needed.add(file)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/['"](\.\.?\/[^'"\n]+\.c?[jt]s)['"]/g)) {
    const to = join(dirname(file), path!)
    // TypeScript keeps the `.ts` that sources are imported by.
    const found = /\.d\.c?ts$/.test(file) ? to.replace(/(?:\.d)?\.(?:ts|js)$/, '.d.ts') : to
    if (existsSync(found)) follow(found)
  }
}
