/** Makes the receipt of one entry, from the files of the log. */
import { readCheckpoint } from '../audit/checkpoint.ts'
import { unsignedTextOf } from '../audit/note.ts'
import { inclusionProof } from '../audit/proof.ts'
import { receiptText, type Opening } from '../audit/receipt.ts'
import { rangeRootIn } from '../audit/tile-proof.ts'
import { readBundle, tileWidth } from '../audit/tiles.ts'
import { OubliError } from '../base/errors.ts'
import { openLogFolder } from '../config/log-folder.ts'
import { findEntry, placeOf } from '../db/own/entries.ts'
import type { JobContext } from './context.ts'
import { checkpointFile, textIn } from './log-files.ts'

type ReceiptContext = Pick<JobContext, 'settings' | 'database' | 'disk'>

/**
 * `id`: of an entry, of a batch, of a request to stay, or of a run, whose closing entry it is then. `opening`: names the person behind
 * the entry, for whoever still has the salt. Throws `E_NO_ENTRY`, `E_NOT_SEALED` or `E_EVIDENCE_CHANGED`.
 */
export async function receiptOf(
  ctx: ReceiptContext,
  id: string,
  opening: Opening | null = null,
): Promise<string> {
  const entryId = /^[0-9a-f]{32}$/.test(id) ? await findEntry(ctx.database, id) : null
  if (entryId === null)
    throw new OubliError(
      'settings',
      'E_NO_ENTRY',
      'expected the id of an entry, a batch, a request to stay or a run (32 hex digits), found nothing with this one',
      'The entries under evidence/tile/entries hold these ids; `oubli status --json` names the last run.',
    )
  const index = await placeOf(ctx.database, entryId)
  const folder = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const note = await textIn(folder, checkpointFile)
  const size = readCheckpoint(unsignedTextOf(note ?? '') ?? '')?.size ?? 0
  if (note === null || index === null || index >= size)
    throw new OubliError(
      'settings',
      'E_NOT_SEALED',
      'the entry waits to be sealed, so that nothing proves it yet',
      'Ask again after the next run, which seals it.',
    )
  const width = Math.min(tileWidth, size - Math.floor(index / tileWidth) * tileWidth)
  const bundle = await readBundle((path) => folder.read(path), Math.floor(index / tileWidth), width)
  const entry = bundle?.[index % tileWidth]
  // The log's word, not the database's: only the log is signed.
  if (entry === undefined || !entry.includes(`"id":"${entryId}"`))
    throw new OubliError(
      'evidence',
      'E_EVIDENCE_CHANGED',
      `the evidence was changed: the log does not hold this entry at ${index}`,
      '`oubli audit verify` says what was changed.',
    )
  const path = await inclusionProof(
    rangeRootIn((name) => folder.read(name), size),
    size,
    index,
  )
  return receiptText({ entry, opening, index, path, checkpoint: note })
}
