import { running } from './running.ts'
import { standardError } from './standard-error.ts'
import { start } from './start.ts'

running(() => start(standardError))
