import { type Modules, modulesOf } from './modules-of.ts'

const frameworks = modulesOf('frameworks')

/** Why frameworks cannot be tried here, if they cannot. */
export const noFrameworks: string | undefined = frameworks.missing
export const required: Modules['required'] = frameworks.required
export const imported: Modules['imported'] = frameworks.imported
