/**
 * Sends the newest checkpoint to the places off this host. Whoever holds one of them finds out when log and
 * database are both put back to an older day; nothing on the host itself could tell.
 */
import { join } from 'node:path'
import { readCheckpoint } from '../audit/checkpoint.ts'
import { unsignedTextOf } from '../audit/note.ts'
import { isoInstant, type Instant } from '../base/clock.ts'
import { OubliError, safeError } from '../base/errors.ts'
import { isFileThere } from '../config/file-bytes.ts'
import { writeOnce } from '../config/files.ts'
import { openLogFolder } from '../config/log-folder.ts'
import { runCommand } from '../config/run-command.ts'
import { wasSigned } from '../db/own/checkpoints.ts'
import { readSinks, recordSink } from '../db/own/sinks.ts'
import { composeMail, messageIdOf } from '../mail/compose.ts'
import { newToken } from '../mail/outbox.ts'
import { checkpointMail } from './checkpoint-mail.ts'
import type { JobContext } from './context.ts'
import { checkpointFile, isSizeName, sizeName, textIn } from './log-files.ts'

export type SinkName = 'folder' | 'mail' | 'command'

export interface SinkReport {
  readonly name: SinkName
  /** Why it did not take the checkpoint; null: it did. */
  readonly code: string | null
}

interface Newest {
  readonly note: string
  readonly size: number
  readonly now: Instant
}

/** Those that are set; none is a warning of its own. Never throws for a sink that fails. */
export async function shipCheckpoint(ctx: JobContext): Promise<readonly SinkReport[]> {
  const log = openLogFolder(ctx.disk, ctx.settings.evidence.folder)
  const note = await textIn(log, checkpointFile)
  const size = readCheckpoint(unsignedTextOf(note ?? '') ?? '')?.size
  if (note === null || size === undefined) return []
  const newest = { note, size, now: await ctx.now() }
  const reports: SinkReport[] = []
  for (const [name, give] of givers(ctx)) {
    const code = await give(newest).catch(codeOf)
    const at = isoInstant(newest.now)
    await recordSink(ctx.database, { name, size: code === null ? size : null, at, code })
    if (code !== null) ctx.log.event('evidence.sink-failed', { sink: name, code })
    reports.push({ name, code })
  }
  if (reports.length === 0) ctx.log.event('evidence.no-sink', {})
  return reports
}

type Give = (newest: Newest) => Promise<string | null>

function givers(ctx: JobContext): readonly (readonly [SinkName, Give])[] {
  const { folder, mail, command } = ctx.settings.evidence.sinks
  const all: [SinkName, Give][] = []
  if (folder !== null) all.push(['folder', (newest) => intoFolder(ctx, folder, newest)])
  if (mail !== null) all.push(['mail', (newest) => byMail(ctx, mail, newest)])
  if (command !== null) all.push(['command', ({ note }) => runCommand(command, note)])
  return all
}

/**
 * One file each, by its size, and never over another: what lies there may be the only proof that this host has a
 * different past. A folder that only takes new files is the best one.
 */
async function intoFolder(ctx: JobContext, folder: string, { note, size }: Newest): Promise<string | null> {
  // Never made here: where another host should be mounted and is not, it would lie on this one.
  if (!isFileThere(folder)) return 'ENOENT'
  const before = (await readSinks(ctx.database)).find(({ name }) => name === 'folder')
  const target = openLogFolder(ctx.disk, folder)
  // An empty mount point lies on this host, and takes everything. With another signing key the place is a new one.
  if (before?.size != null && (await wasSigned(ctx.database, before.size, before.sentAt ?? '')))
    if ((await textIn(target, sizeName(before.size))) === null) return 'E_SINK_EMPTIED'
  const kept = await textIn(target, sizeName(size))
  if (kept === null) await writeOnce(join(folder, sizeName(size)), note)
  else if (kept !== note) return 'E_EVIDENCE_CHANGED'
  // Names of one length, so that they stand in the order of their sizes.
  const larger = (await target.list('.')).some((name) => isSizeName(name) && name > sizeName(size))
  return larger ? 'E_EVIDENCE_CHANGED' : null
}

async function byMail(ctx: JobContext, address: string, { note, size, now }: Newest): Promise<string | null> {
  const { mail, evidence } = ctx.settings
  if (mail.from.address === null) return 'E_NO_SENDER'
  const from = { name: mail.from.name ?? '', address: mail.from.address }
  const token = newToken(ctx.ports.random)
  const message = await composeMail({
    ...checkpointMail({ origin: evidence.origin, size, note }, mail.language),
    from,
    replyTo: { name: '', address: mail.replyTo ?? from.address },
    to: address,
    messageId: messageIdOf(token, from),
    date: now,
  })
  const transport = ctx.transport()
  try {
    const sent = await transport.send({ address, message, token })
    return sent.result === 'accepted' ? null : (sent.code ?? sent.result)
  } finally {
    await transport.close()
  }
}

function codeOf(error: unknown): string {
  return error instanceof OubliError ? error.code : (safeError(error).code ?? 'E_UNEXPECTED')
}
