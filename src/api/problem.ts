// The table is in the engine's folder: a mounted router answers with it when the API itself cannot be asked.
export {
  PROBLEM_TYPE,
  PROBLEMS,
  type Problem,
  type ProblemSlug,
  type ProblemStatus,
  problem,
} from '../engine/thread/problem.ts'
