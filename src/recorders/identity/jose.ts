import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library, type Patch } from '../libraries/library.ts'
import { AUTHENTICATION } from './components.ts'
import { judge } from './outcomes.ts'

/** What is wrong with a token, not with a key or with the server that has it. */
const REFUSALS = /^ERR_(?:JWT_|JWS_|JWE_|JOSE_ALG_NOT_ALLOWED|JWKS_NO_MATCHING_KEY)/

/** Where the files of version 6, and those of version 5 for Node.js, are. */
const MODULES = ['jose/dist/webapi/jwt', 'jose/dist/node/esm/jwt']
const FILES = 'jose/dist/node/cjs/jwt'

const WATCHED: Readonly<Record<string, { readonly binding: string; readonly patch: Patch }>> = {
  verify: { binding: 'jwtVerify', patch: (exports, instrument) => watch(exports, 'jwtVerify', instrument) },
  decrypt: {
    binding: 'jwtDecrypt',
    patch: (exports, instrument) => watch(exports, 'jwtDecrypt', instrument),
  },
  sign: { binding: 'SignJWT', patch: watchSign },
}

/** Tokens that `jose` signs, verifies and decrypts. A refused token is a good operation. */
export function jose(): Recorder {
  const watched = Object.entries(WATCHED)
  return library({
    name: 'jose',
    versions: { jose: '>=5 <6.3' },
    files: Object.fromEntries(watched.map(([file, { patch }]) => [`${FILES}/${file}.js`, patch])),
    modules: Object.fromEntries(
      watched.flatMap(([file, { binding, patch }]) =>
        MODULES.map((folder) => [`${folder}/${file}.js`, { bindings: [binding], patch }]),
      ),
    ),
  })
}

function watch(exports: object, name: string, instrument: Instrument): void {
  const shown = `jose.${name}`
  const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, shown)
  judge(instrument, exports, name, { operationOf, isRefusal })
}

function watchSign(
  { SignJWT }: { readonly SignJWT: { readonly prototype: object } },
  instrument: Instrument,
): void {
  const operationOf = () => instrument.ledger.primitive(AUTHENTICATION, 'jose.sign')
  judge(instrument, SignJWT.prototype, 'sign', { operationOf })
}

function isRefusal(error: unknown): boolean {
  return REFUSALS.test(String((error as { readonly code?: unknown }).code))
}
