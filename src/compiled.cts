// The code of the application's threads, as V8 compiled it at an earlier start: compiling it is a third of what a start
// costs. Node's own cache (`module.enableCompileCache`) would be on for all of the application's modules, and for good.
const fs = process.getBuiltinModule('node:fs')
const { Module } = process.getBuiltinModule('node:module')
const { dirname } = process.getBuiltinModule('node:path')
const { promisify } = process.getBuiltinModule('node:util')
const { Script } = process.getBuiltinModule('node:vm')
const { isMainThread } = process.getBuiltinModule('node:worker_threads')

/** By then the engine has started, whose part in this thread is to be kept too, and build tools have ended. */
const KEEP_AFTER_MS = 1000
/** Many times what it is: nothing larger is read. */
const LARGEST_KEPT = 2 ** 24
/** As they were when this was loaded: `writeFile` uses what the application has put in their places. */
const { readFileSync, statSync } = fs
const [open, writev, close, rename, unlink] = [
  promisify(fs.open),
  promisify(fs.writev),
  promisify(fs.close),
  promisify(fs.rename),
  promisify(fs.unlink),
]

/**
 * Puts a file of CommonJS, in ASCII, into Node's cache of modules, so that whoever requires or imports it afterwards
 * gets the same. What V8 compiled of it is kept beside it, where that can be written: by whoever could change the code
 * itself. `NODE_DISABLE_COMPILE_CACHE` switches that off, as it does Node's; and so does coverage, which has V8 compile its
 * counters in.
 */
function loadCompiled(file: string): void {
  const code = readFileSync(file)
  const kept = `${file.slice(0, -'.cjs'.length)}-${process.version}-${process.arch}.compiled`
  const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
  const isOn = NODE_DISABLE_COMPILE_CACHE === undefined && NODE_V8_COVERAGE === undefined
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
    try {
      setTimeout(keep, KEEP_AFTER_MS, script, code, kept).unref()
    } catch {
      // Somebody's timers, which are none of Node's.
    }
  }
}

/**
 * What was compiled of this very code, and is whole. V8 compares the code's length and no more, and notices no bit that
 * has changed in what it compiled. So the code is kept too, and the rest twice: to compare them takes 0.1 ms, to load
 * node:zlib for a checksum 5. In a folder where everybody may make files, somebody else's are left alone.
 */
function keptOf(code: Buffer, file: string, kept: string): Buffer | undefined {
  try {
    const found = statSync(kept)
    // To read a pipe would take for ever.
    if (!found.isFile() || found.size > LARGEST_KEPT) return
    if (found.uid !== statSync(file).uid && found.uid !== process.getuid?.()) return
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

/** Never rejects: that would end the application. */
async function keep(script: InstanceType<typeof Script>, code: Buffer, kept: string): Promise<void> {
  const unfinished = `${kept}.new`
  try {
    // Made anew: a link that somebody has put there is not followed. Compiled only when it can be written.
    const file = await open(unfinished, 'wx', 0o644)
    try {
      const compiled = script.createCachedData()
      const { bytesWritten } = await writev(file, [code, compiled, compiled])
      if (bytesWritten < code.length + 2 * compiled.length) throw new Error('no room')
    } finally {
      await close(file)
    }
    await rename(unfinished, kept)
  } catch {
    // It may also be there already: another start is writing it, or was ended while it did, and the next one has to find
    // room. Should the other one end with half a file, the next start notices.
    await unlink(unfinished).catch(() => {})
  }
}

module.exports = { loadCompiled }
