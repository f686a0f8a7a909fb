import { openSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** What every reader begins with: two copies that have to be alike. */
const HEADERS_BYTES = 96

// Holds the file in argv[2] (`EXCLUSIVE` in argv[3]: for itself alone; `NORMAL`: others may read; `TORN`: as one that
// stands still while it tells the others of a commit), says so, and lets it go when its input ends.
const [, , file = '', mode = ''] = process.argv
const db = new DatabaseSync(file)
db.exec(`PRAGMA locking_mode = ${mode === 'TORN' ? 'NORMAL' : mode}; BEGIN EXCLUSIVE`)
// Not closed: that would drop SQLite's locks on it in this process.
if (mode === 'TORN') writeSync(openSync(`${file}-shm`, 'r+'), new Uint8Array(HEADERS_BYTES))
console.log('locked')
process.stdin.on('end', () => {
  db.exec('ROLLBACK')
  db.close()
  console.log('free')
})
process.stdin.resume()
