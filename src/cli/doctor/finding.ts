import type { Check } from '../validation/check.ts'

/** What is found out about one version of one library, or about a recorder as a whole. */
export interface Finding {
  /** The recorder's name. */
  readonly recorder: string
  readonly library?: string
  readonly version?: string
  /**
   * `recorded`; `untried`: recorded, but in a version that nobody has compared; `lost`: should be recorded and is not;
   * `waiting`: not seen, or not seen yet.
   */
  readonly state: 'recorded' | 'untried' | 'lost' | 'waiting'
  /** How it is recorded, or why it is not. */
  readonly why: string
  /** What to do; absent where nothing has to be done. */
  readonly cure?: string
}

/** Something else to know. */
export interface Remark {
  readonly what: string
  readonly cure: string
}

/** What the doctor has looked at, and found. */
export interface Findings {
  readonly looked: 'service' | 'project'
  /** The address of the service, or the folder of the project. */
  readonly at: string
  readonly title: string
  /** Of a project: what its configuration is like. Of a service nothing is to be said: it has taken its own. */
  readonly configuration?: readonly Check[]
  readonly findings: readonly Finding[]
  readonly remarks: readonly Remark[]
}
