// The preload, for `node --require yardstick/register` and `--import yardstick/register`. CommonJS, because only
// --require reaches every worker; and readable to old versions of Node, which get a message and run on.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  Object.defineProperty(globalThis, Symbol.for('yardstick.unmeasured'), { value: true })
  process.stderr.write(
    `yardstick: Node.js 22.18 or newer is needed, this is ${process.version}; the application runs unmeasured ` +
      '(YS_NODE_VERSION). Update Node.js, or leave the preload out.\n',
  )
} else if (
  !/^(1|true|yes|on)$/i.test(process.env.YARDSTICK_DISABLED ?? '') &&
  // In the thread of module hooks nothing of the application's runs, and what we hook into would break Node 22's loading.
  !process.getBuiltinModule('node:worker_threads').isInternalThread
) {
  try {
    // Run from its sources (tests) or as published.
    if (__filename.endsWith('.cts')) require('./preload.ts')
    else {
      // The `require` that is given to us knows no cache where somebody's module hook hands out the source.
      const own = process.getBuiltinModule('node:module').createRequire(__filename)
      own('./compiled.cjs').loadCompiled(own.resolve('./application-start.cjs'))
      own('./preload.cjs')
    }
  } catch (error) {
    // Somebody has frozen or forbidden what it needs; the application has to run all the same.
    process.stderr.write(
      `yardstick: could not be set up, the application runs unmeasured: ${String(error)}\n`,
    )
  }
}
