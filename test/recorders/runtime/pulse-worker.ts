import { Reading } from '../../../contracts/recorder/reading.ts'
import { RuntimeRecorder } from '../../../src/recorders/runtime/recorder.ts'

new RuntimeRecorder(new Reading().ledger).follow(true)
