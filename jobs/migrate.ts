/** Makes what a run needs and what is not there yet: our tables, the signing key, the secret. */
import { generateSigningKey, readSigningKey } from '../audit/keys.ts'
import { isoInstant } from '../base/clock.ts'
import { readSecretIfThere, writeNew } from '../config/files.ts'
import type { Settings } from '../config/settings.ts'
import { openDatabase } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { checkNotLeft, checkOwnPlace, claimOwnSchema } from '../db/own-place.ts'
import { serverNow } from '../db/server-clock.ts'

export interface Made {
  readonly migrations: readonly string[]
  /** Paths of the files that were made; each is readable by its owner only. */
  readonly files: readonly string[]
  readonly verifierKey: string | null
}

/**
 * Never overwrites a key or a secret: with another one, older evidence could not be checked any more. Nothing is made
 * before it is known that our tables are nowhere else.
 */
export async function migrateAll(settings: Settings, random: (bytes: number) => Uint8Array): Promise<Made> {
  const database = await openDatabase(settings.database)
  try {
    await checkOwnPlace(database)
    await checkNotLeft(database)
    const keys = await makeKeys(settings, random)
    const migrations = await migrate(database)
    await claimOwnSchema(database, isoInstant(await serverNow(database)))
    return { migrations, ...keys }
  } finally {
    await database.close()
  }
}

async function makeKeys(
  settings: Settings,
  random: (bytes: number) => Uint8Array,
): Promise<Omit<Made, 'migrations'>> {
  const files: string[] = []
  const { evidence } = settings
  const known = await readSecretIfThere(evidence.signingKeyFile)
  let verifierKey = known === null ? null : readSigningKey(known).verifier.text
  if (known === null) {
    const pair = generateSigningKey(evidence.origin, random(32))
    await writeNew(evidence.signingKeyFile, `${pair.privateText}\n`)
    await writeNew(`${evidence.signingKeyFile}.verifier`, `${pair.verifierText}\n`)
    files.push(evidence.signingKeyFile, `${evidence.signingKeyFile}.verifier`)
    verifierKey = pair.verifierText
  }
  if ((await readSecretIfThere(evidence.secretFile)) === null) {
    await writeNew(evidence.secretFile, `${Buffer.from(random(32)).toString('hex')}\n`)
    files.push(evidence.secretFile)
  }
  return { files, verifierKey }
}
