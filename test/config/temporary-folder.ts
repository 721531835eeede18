/** A folder for one suite, gone after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Call inside `describe`; the path is known once the suite's hooks run. */
export function temporaryFolder(): { readonly in: (...names: readonly string[]) => string } {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'oubli-config-'))
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return { in: (...names) => join(folder, ...names) }
}

/** What the work rejects with; fails when it does not. */
export async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was not rejected with an error')
}
