import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { AUTHORIZATION } from './components.ts'

type Ability = { readonly prototype: object }

/**
 * Permission checks of `@casl/ability`, by `can`, `cannot` or `throwUnlessCan`: all of them look for the rule that
 * applies. A denial is a good operation. Its ES modules have shortened names, which another version has others of.
 */
export function casl(): Recorder {
  return library({
    name: 'casl',
    versions: { '@casl/ability': '>=6 <7.1' },
    files: { '@casl/ability/dist/es6c/index.js': watchNamed, '@casl/ability/dist/cjs/index.cjs': watchNamed },
    modules: {
      '@casl/ability/dist/es6m/index.mjs': { bindings: ['PureAbility'], patch: watchNamed },
      '@casl/ability/dist/esm/index.mjs': {
        bindings: ['H'],
        patch: ({ H }: { H: Ability }, to) => watch(H, to),
      },
    },
  })
}

function watchNamed(
  exports: { readonly PureAbility?: Ability; readonly Ability: Ability },
  to: Instrument,
): void {
  watch(exports.PureAbility ?? exports.Ability, to)
}

function watch(ability: Ability, instrument: Instrument): void {
  const operationOf = () => instrument.ledger.primitive(AUTHORIZATION, 'casl.can')
  // Inherited from what it shares with rules for fields: replaced here, the rest of the library is left alone.
  instrument.time(ability.prototype, 'relevantRuleFor', operationOf, { callbacks: false })
}
