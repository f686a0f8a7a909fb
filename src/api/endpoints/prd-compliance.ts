import { z } from 'zod'
import { complianceSummary } from '../../targets/overall.ts'
import { complianceFields, complianceShape } from '../compliance-json.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { letter, named } from '../schemas.ts'
import { byTarget, verdictJson, verdictSchema } from '../verdict-json.ts'

export const prdCompliance: Endpoint = endpoint({
  path: '/prd-compliance',
  name: 'prd_compliance',
  summary: 'Where every target stands',
  description: 'One verdict per target, and how many are met.',
  windowed: true,
  response: z
    .strictObject({
      ...windowHeadShape,
      overall_grade: letter.nullable(),
      ...complianceShape,
      target_compliance: z.record(z.string(), verdictSchema).describe('By target.'),
    })
    .register(named, { id: 'PrdCompliance' }),
  answer: ({ snapshot, window: ask }) => {
    const window = ask()
    return {
      ...windowHead(snapshot, window),
      overall_grade: window.overall.letter,
      ...complianceFields(complianceSummary(window.verdicts)),
      target_compliance: byTarget(window.verdicts, verdictJson),
    }
  },
})
