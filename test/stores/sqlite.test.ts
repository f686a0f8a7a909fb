import { storeContract } from '../../contracts/store.ts'
import { openSqlite } from '../../src/stores/sqlite.ts'
import { Said } from './said.ts'

storeContract({
  name: 'sqlite',
  shared: true,
  open: (at) => openSqlite({}, { ...at, logger: new Said() }),
})
