import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHORIZATION } from './components.ts'

/** Where a check looks up what a role may do, however it was asked for. */
const RESOLVERS = ['resolveAccess', 'resolveAccessAsync']

/** Permission checks of `accesscontrol`, by `can()` or `permission()`. A denial is a good operation. */
export function accesscontrol(): Recorder {
  return library({
    name: 'accesscontrol',
    versions: { accesscontrol: '>=2 <2.3 || >=3.1 <3.2' },
    files: { 'accesscontrol/lib/utils.js': ({ utils }, to) => watch(utils, 'getUnionAttrsOfRoles', to) },
    modules: {
      'accesscontrol/lib/utils/grants.js': {
        bindings: RESOLVERS,
        patch: (bindings, to) => {
          for (const name of RESOLVERS) watch(bindings, name, to)
        },
      },
    },
  })
}

function watch(target: object, name: string, instrument: Instrument): void {
  const operationOf = () => instrument.ledger.primitive(AUTHORIZATION, 'accesscontrol.can')
  instrument.time(target, name, operationOf, { callbacks: false })
}
