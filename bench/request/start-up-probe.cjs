// The smallest program there is, or with `listen FROM UNTIL` the smallest server: says what CPU it had used when it was
// up, or from FROM until UNTIL ms after it listened.
const { readFileSync } = require('node:fs')

function used() {
  try {
    // Of the main thread alone, ns.
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6
  } catch {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}

function say(before) {
  process.stdout.write(String(used() - before), () => process.exit())
}

const [, , what, from, until] = process.argv
if (what !== 'listen') setImmediate(say, 0)
else {
  const server = require('node:http').createServer((_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1', () => {
    let before = 0
    if (from > 0)
      setTimeout(() => {
        before = used()
      }, from)
    setTimeout(() => say(before), until)
  })
}
