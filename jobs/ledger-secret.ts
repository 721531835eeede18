/**
 * Which secret the ledger was written with, without telling it. With another one nobody in the ledger is
 * recognised, and a replay would find that there is nobody to erase.
 */
import { join } from 'node:path'
import { OubliError } from '../base/errors.ts'
import { keyedHash } from '../base/subject-ref.ts'
import { readTextIfThere, writeAtomic } from '../config/files.ts'
import type { JobContext } from './context.ts'

type Place = Pick<JobContext, 'settings' | 'ports'>

function fileOf({ settings }: Place): string {
  return join(settings.evidence.folder, 'ledger', 'secret-check')
}

function checkOf({ ports }: Place): string {
  return keyedHash(ports.secret, 'oubli/ledger-secret/v1', [])
}

/** Before a line is written. Throws as `refuseAnotherSecret`. */
export async function noteLedgerSecret(ctx: Place): Promise<void> {
  if (!(await refuseAnotherSecret(ctx))) await writeAtomic(fileOf(ctx), `${checkOf(ctx)}\n`, 0o600)
}

/** False: nothing was told yet. Throws a `refused` error when it was told with another secret. */
export async function refuseAnotherSecret(ctx: Place): Promise<boolean> {
  const noted = await readTextIfThere(fileOf(ctx))
  if (noted === null || noted.trim() === checkOf(ctx)) return noted !== null
  throw new OubliError(
    'refused',
    'E_ANOTHER_SECRET',
    `${fileOf(ctx)}: expected the secret with which the ledger was written, found another one in evidence.secret_file: nobody in the ledger would be recognised`,
    'Bring the secret back from its copy; `oubli migrate` makes a new one when there is none. Only if it is lost for good, remove the file that is named here: whoever went before then cannot be recognised any more.',
  )
}
