import { DatabaseSync } from 'node:sqlite'

// Holds the file in argv[2] (`EXCLUSIVE` in argv[3]: for itself alone; `NORMAL`: others may read), says so, and lets it
// go when its input ends.
const [, , file = '', mode = ''] = process.argv
const db = new DatabaseSync(file)
db.exec(`PRAGMA locking_mode = ${mode}; BEGIN EXCLUSIVE`)
console.log('locked')
process.stdin.on('end', () => {
  db.exec('ROLLBACK')
  db.close()
  console.log('free')
})
process.stdin.resume()
