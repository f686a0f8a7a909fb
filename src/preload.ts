import { running } from './running.ts'
import { start } from './start.ts'

running(start)
