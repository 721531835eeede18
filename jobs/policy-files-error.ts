/** Policy files that stop every job: all problems in words, and the first one by name, for a log that takes no sentences. */
import { basename } from 'node:path'
import { OubliError } from '../base/errors.ts'
import type { Problem } from '../policies/problem.ts'

export class PolicyFilesError extends OubliError {
  readonly first: Problem | undefined

  constructor(message: string, first: Problem | undefined) {
    super('policy', 'E_POLICIES', message, 'Mend them; `oubli lint` shows the same list without a database.')
    this.first = first
  }
}

/** Fields of a log event; none where the error is another one. */
export function firstProblem(error: unknown): {
  readonly problem?: string
  readonly file?: string
  readonly line?: number
} {
  if (!(error instanceof PolicyFilesError) || error.first === undefined) return {}
  const { code, place } = error.first
  return { problem: code, file: basename(place.file), line: place.line }
}
