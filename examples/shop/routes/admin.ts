import { Router } from 'express'
import type { Accounts } from '../accounts.ts'
import type { Report } from '../report.ts'
import { may, signedIn } from './access.ts'

/** `GET /admin/report`, for those with the permission `reports:read`. */
export function admin(accounts: Accounts, report: Report): Router {
  const router = Router()
  router.get('/report', signedIn(accounts), may(accounts, 'reports:read'), (_request, response) => {
    response.json(report.write())
  })
  return router
}
