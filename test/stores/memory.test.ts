import { storeContract } from '../../contracts/store.ts'
import { openMemory } from '../../src/stores/memory.ts'
import { Said } from './said.ts'

storeContract({
  name: 'memory',
  shared: false,
  open: (at) => openMemory({}, { ...at, logger: new Said() }),
})
