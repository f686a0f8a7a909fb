// node fill.ts <file>: makes the shop's database. It is a process of its own, because filling it is no part of the service
// and has no place in the service's figures.
import { DatabaseSync } from 'node:sqlite'
import { SHOP_SIZE, seed } from './seed.ts'

const [file] = process.argv.slice(2)
const db = new DatabaseSync(file!)
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
seed(db, SHOP_SIZE)
db.close()
