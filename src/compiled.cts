// The code of the application's threads, as V8 compiled it at an earlier start: compiling it is a third of what a start
// costs. Node's own cache (`module.enableCompileCache`) would be on for all of the application's modules, and for good.
const { access, constants, readFileSync, rename, rm, statSync, writeFile } =
  process.getBuiltinModule('node:fs')
const { Module } = process.getBuiltinModule('node:module')
const { dirname } = process.getBuiltinModule('node:path')
const { Script } = process.getBuiltinModule('node:vm')
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

/** By then the engine has started, whose part in this thread is to be kept too, and build tools have ended. */
const KEEP_AFTER_MS = 1000

/**
 * Puts a file of CommonJS, in ASCII, into Node's cache of modules, so that whoever requires or imports it afterwards
 * gets the same. What V8 compiled of it is kept beside it, where that can be written: by whoever could change the code
 * itself. `NODE_DISABLE_COMPILE_CACHE` switches that off, as it does Node's.
 */
function loadCompiled(file: string): void {
  const code = readFileSync(file)
  const kept = `${file.slice(0, -'.cjs'.length)}-${process.version}-${process.arch}.compiled`
  const isOn = process.env.NODE_DISABLE_COMPILE_CACHE === undefined
  const cachedData = isOn ? keptOf(code, file, kept) : undefined
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${code.toString('latin1')}\n})`,
    cachedData === undefined ? { filename: file } : { filename: file, cachedData },
  )
  const loaded = new Module(file, module)
  loaded.filename = file
  script.runInThisContext().call(loaded.exports, loaded.exports, require, loaded, file, dirname(file))
  loaded.loaded = true
  require.cache[file] = loaded
  if (isOn && isMainThread && script.cachedDataRejected !== false) {
    setTimeout(keep, KEEP_AFTER_MS, script, code, kept).unref()
  }
}

/**
 * What was compiled of this very code, and is whole. V8 compares the code's length and no more, and notices no bit that
 * has changed in what it compiled. So the code is kept too, and the rest twice: to compare them takes 0.1 ms, to load
 * node:zlib for a checksum 5. In a folder where everybody may make files, somebody else's are left alone.
 */
function keptOf(code: Buffer, file: string, kept: string): Buffer | undefined {
  try {
    const { uid } = statSync(kept)
    if (uid !== statSync(file).uid && uid !== process.getuid?.()) return
    const whole = readFileSync(kept)
    const second = (code.length + whole.length) / 2
    const compiled = whole.subarray(code.length, second)
    const isWhole = whole.subarray(0, code.length).equals(code) && whole.subarray(second).equals(compiled)
    return isWhole ? compiled : undefined
  } catch {
    // None yet, or none that can be read.
    return
  }
}

function keep(script: InstanceType<typeof Script>, code: Buffer, kept: string): void {
  access(dirname(kept), constants.W_OK, (denied) => {
    if (denied !== null) return
    const compiled = script.createCachedData()
    const written = `${kept}.${process.pid}`
    writeFile(written, Buffer.concat([code, compiled, compiled]), { mode: 0o644 }, (failed) => {
      if (failed === null) rename(written, kept, () => {})
      else rm(written, { force: true }, () => {})
    })
  })
}

module.exports = { loadCompiled }
