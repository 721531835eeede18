/** Opens everything that jobs need, once, and closes it again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { readSigningKey } from '../audit/keys.ts'
import { stopwatch, type Clock } from '../base/clock.ts'
import { point } from '../base/point.ts'
import { keyedHash, keyFromText, requestReferenceOf } from '../base/subject-ref.ts'
import { disk } from '../config/disk.ts'
import { writeBytes } from '../config/file-bytes.ts'
import { packageVersion, readSecretIfThere } from '../config/files.ts'
import { createLog } from '../config/log.ts'
import type { MailSettings, Settings } from '../config/settings.ts'
import { openDatabase } from '../db/connect.ts'
import { migrationState, refuseNewer } from '../db/migrate.ts'
import { checkOwnPlace } from '../db/own-place.ts'
import { forgetHolds } from '../db/own/holds.ts'
import { forgetKept } from '../db/own/kept.ts'
import { dropOpeningsUnder } from '../db/own/openings.ts'
import { forgetSetAside } from '../db/own/set-aside.ts'
import { serverNow } from '../db/server-clock.ts'
import type { EnginePorts } from '../engine/ports.ts'
import { OubliError } from '../base/errors.ts'
import { checkAddress } from '../mail/address.ts'
import { fileTransport } from '../mail/file-transport.ts'
import { smtpTransport } from '../mail/smtp-transport.ts'
import type { Transport } from '../mail/transport.ts'
import { forgetSubject, warningsOf } from '../mail/warnings.ts'
import type { JobContext } from './context.ts'

export interface OpenOptions {
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  readonly stop: () => string | null
  readonly writeLog: (line: string) => void
  readonly point?: EnginePorts['point']
}

export interface OpenedContext extends JobContext {
  readonly close: () => Promise<void>
}

export async function openContext(settings: Settings, options: OpenOptions): Promise<OpenedContext> {
  const database = await openDatabase(settings.database)
  try {
    await checkOwnPlace(database)
    const state = await migrationState(database)
    refuseNewer(state)
    if (state.pending.length > 0)
      throw new OubliError(
        'settings',
        'E_NOT_MIGRATED',
        `the database lacks ${state.pending.length} migration(s) of Oubli`,
        'Run `oubli migrate`.',
      )
    const secret = await readSecretIfThere(settings.evidence.secretFile)
    if (secret === null)
      throw new OubliError(
        'settings',
        'E_NO_SECRET',
        'evidence.secret_file does not exist',
        'Run `oubli migrate`, which makes it, or restore it from your copy.',
      )
    const signing = await readSecretIfThere(settings.evidence.signingKeyFile)
    const log = createLog(settings.log, options.writeLog, options.clock)
    return {
      settings,
      database,
      log,
      disk,
      ports: portsOf(database, Buffer.from(secret.trim(), 'hex'), options),
      signingKey: signing === null ? null : readSigningKey(signing),
      transport: () => transportOf(settings.mail),
      now: () => serverNow(database),
      clock: options.clock,
      stop: options.stop,
      close: async () => {
        await database.close()
        await log.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

function portsOf(database: EnginePorts['database'], secret: Uint8Array, options: OpenOptions): EnginePorts {
  return {
    database,
    secret,
    toolVersion: packageVersion(),
    random: options.random,
    stopwatch,
    sleep: async (milliseconds) => {
      await sleep(milliseconds)
    },
    point: options.point ?? point,
    warningsOf,
    readAddress: (raw) => {
      if (raw === null || raw.trim() === '') return { state: 'none', hash: null }
      const check = checkAddress(raw)
      if (!check.ok) return { state: 'invalid', hash: null }
      return { state: 'valid', hash: keyedHash(secret, 'oubli/address/v1', [check.address.toLowerCase()]) }
    },
    forget: async (tx, kind, keyTexts) => {
      await forgetSubject(tx, kind, keyTexts)
      await forgetHolds(tx, kind, keyTexts)
      if ((await forgetKept(tx, kind, keyTexts)) > 0) {
        const people = keyTexts.map((text) => ({ kind, key: keyFromText(text) }))
        await dropOpeningsUnder(
          tx,
          people.map((person) => requestReferenceOf(secret, person)),
        )
      }
      await forgetSetAside(tx, kind, keyTexts)
    },
  }
}

function transportOf(mail: MailSettings): Transport {
  if (mail.transport === 'files')
    return fileTransport((name, bytes) => writeBytes(join(mail.folder, name), bytes))
  return smtpTransport({
    host: mail.host,
    port: mail.port,
    tls: mail.tls === 'none-on-loopback' ? 'none' : mail.tls,
    login: mail.user === null ? null : { user: mail.user, password: mail.password ?? '' },
    bounceAddress: mail.from.address ?? '',
    name: null,
    ca: null,
    connections: mail.connections,
  })
}
