import assert from 'node:assert/strict'
import { libraryContract } from '../../../contracts/library.ts'
import { imported, noLibraries, required, versionOf } from '../libraries.ts'

interface Ability {
  can(action: string, subject: string): boolean
  cannot(action: string, subject: string): boolean
}
interface Casl {
  defineAbility(define: (can: (action: string, subject: string) => void) => void): Ability
  readonly ForbiddenError: {
    from(ability: Ability): { throwUnlessCan(action: string, subject: string): void }
  }
}
interface Enforcer {
  enforce(...request: string[]): Promise<boolean>
  enforceSync(...request: string[]): boolean
}
interface Casbin {
  newModelFromString(text: string): object
  newEnforcer(model: object): Promise<Enforcer & { addPolicy(...policy: string[]): Promise<boolean> }>
}

const casls = ['casl60', '@casl/ability'].flatMap((name) => [
  { name, how: 'module', as: 'imported', load: () => imported<Casl>(name) },
  { name, how: 'patch', as: 'required', load: async () => required<Casl>(name) },
])

for (const { name, how, as, load } of casls) {
  libraryContract<Casl>({
    name: `@casl/ability ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'authorization',
    open: load,
    close: async () => {},
    exercises: [
      {
        name: 'denials are good operations',
        run: async ({ defineAbility, ForbiddenError }, say) => {
          const ability = defineAbility((can) => can('read', 'Post'))
          say([ability.can('read', 'Post'), ability.can('write', 'Post'), ability.cannot('read', 'Post')])
          assert.throws(
            () => ForbiddenError.from(ability).throwUnlessCan('write', 'Post'),
            (error: Error) => {
              say(error.message)
              return true
            },
          )
        },
        recorded: { 'authorization casl.can': 'ok 4' },
      },
    ],
    ways: [
      {
        name: 'can',
        ask: async ({ defineAbility }) =>
          void defineAbility((can) => can('read', 'Post')).can('read', 'Post'),
      },
    ],
    report: { library: '@casl/ability', state: 'attached', how },
  })
}

const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
`

interface Policy {
  readonly enforcer: Enforcer
}

const casbins = [
  { how: 'module', as: 'imported', load: () => imported<Casbin>('casbin') },
  { how: 'patch', as: 'required', load: async () => required<Casbin>('casbin') },
]

for (const { how, as, load } of casbins) {
  libraryContract<Policy>({
    name: `casbin ${versionOf('casbin')}, ${as}`,
    skip: noLibraries,
    component: 'authorization',
    open: async () => {
      const casbin = await load()
      const enforcer = await casbin.newEnforcer(casbin.newModelFromString(MODEL))
      await enforcer.addPolicy('ann', 'posts', 'read')
      return { enforcer }
    },
    close: async () => {},
    exercises: [
      {
        name: 'denials are good operations; what makes no sense is not',
        run: async ({ enforcer }, say) => {
          say(await enforcer.enforce('ann', 'posts', 'read'))
          say(await enforcer.enforce('bob', 'posts', 'read'))
          say(enforcer.enforceSync('ann', 'posts', 'write'))
          await assert.rejects(enforcer.enforce('ann'), (error: Error) => {
            say(error.message)
            return true
          })
        },
        recorded: { 'authorization casbin.enforce': 'ok 3, failed 1' },
      },
    ],
    ways: [
      { name: 'enforce', ask: async ({ enforcer }) => void (await enforcer.enforce('ann', 'posts', 'read')) },
    ],
    report: { library: 'casbin', state: 'attached', how },
  })
}

interface Permission {
  readonly granted: boolean
  readonly attributes: readonly string[]
}
interface Grants {
  createOwn(resource: string): Grants
  readAny(resource: string, attributes: readonly string[]): Grants
}
interface AccessControl {
  grant(role: string): Grants
  can(role: string): Record<'createOwn' | 'readAny' | 'deleteAny', (resource: string) => Permission>
}
type Access = new () => AccessControl

const accesscontrols = [
  { name: 'accesscontrol', how: 'module', as: 'imported' },
  { name: 'accesscontrol22', how: 'patch', as: 'required' },
  { name: 'accesscontrol20', how: 'patch', as: 'required' },
]

for (const { name, how, as } of accesscontrols) {
  libraryContract<AccessControl>({
    name: `accesscontrol ${versionOf(name)}, ${as}`,
    skip: noLibraries,
    component: 'authorization',
    open: async () => {
      type Exports = { readonly AccessControl: Access }
      const { AccessControl } = as === 'imported' ? await imported<Exports>(name) : required<Exports>(name)
      const access = new AccessControl()
      access.grant('user').createOwn('video').readAny('video', ['*', '!id'])
      return access
    },
    close: async () => {},
    exercises: [
      {
        name: 'denials are good operations; a role that there is not is not',
        run: async (access, say) => {
          const user = access.can('user')
          say([user.createOwn('video').granted, user.deleteAny('video').granted])
          say(user.readAny('video').attributes)
          assert.throws(
            () => access.can('nobody').readAny('video'),
            (error: Error) => {
              say([error.name, error.message])
              return true
            },
          )
        },
        recorded: { 'authorization accesscontrol.can': 'ok 3, failed 1' },
      },
    ],
    ways: [{ name: 'can', ask: async (access) => void access.can('user').createOwn('video').granted }],
    report: { library: 'accesscontrol', state: 'attached', how },
  })
}
