import type { z } from 'zod'

/** One value: how it is read, what people are told when it cannot be. */
export interface Field<Out> {
  readonly kind: 'field'
  readonly schema: z.ZodType<Out>
  readonly expected: (input: unknown) => string
  readonly fix: (input: unknown) => string
  /** The value is never repeated in a message. */
  readonly secret?: true
}

/** Options within an option. */
export interface Group<Out> {
  readonly kind: 'group'
  readonly shape: Shape<Out>
  /** Makes an object of a short form, such as the path of a store. */
  readonly spellOut?: (input: unknown) => unknown
  readonly expected: string
  readonly fix: string
  /** What stands in its place may be a secret: it is never repeated in a message. */
  readonly secret?: true
}

/** A list of options' groups. */
export interface List<Out> {
  readonly kind: 'list'
  readonly item: Group<Out>
  readonly most: number
  readonly expected: string
  readonly fix: string
}

/** Options' groups under names that people choose; which options there are depends on the group. */
export interface Named<Out> {
  readonly kind: 'named'
  /** By what stands there: the shape of its kind. */
  readonly item: (value: unknown) => Group<Out>
  readonly most: number
  readonly expected: string
  readonly fix: string
  readonly secret?: true
}

type NodeOf<Out> = Field<Out> | (Out extends readonly (infer Item)[] ? List<NonNullable<Item>> : Whole<Out>)
type Whole<Out> = string extends keyof Out ? Named<NonNullable<Out[keyof Out]>> : Group<Out>

/** How the options of an object are read, by name. */
export type Shape<Out> = { readonly [K in keyof Out]-?: NodeOf<NonNullable<Out[K]>> }
