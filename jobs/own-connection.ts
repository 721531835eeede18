/** One more connection as the settings say it, to the site's server or to a replica of it. */
import { isLoopback } from '../config/check.ts'
import { withHidden } from '../config/secrets.ts'
import type { Settings } from '../config/settings.ts'
import { openDatabase } from '../db/connect.ts'
import type { Database } from '../db/session.ts'

export interface Place {
  readonly host: string
  readonly port: number
}

/** `place`: a replica, with account, password and schema of the site's own server. */
export async function openAnother(settings: Settings, place: Place | null = null): Promise<Database> {
  const { database } = settings
  if (database.client === 'sqlite') return await openDatabase(database)
  const { socketPath, ...apart } = database
  const there = {
    ...apart,
    ...(place ?? (socketPath === undefined ? {} : { socketPath })),
    poolSize: 1,
    // A replica on another host is reached with TLS only.
    tls:
      database.tls ?? (place === null || isLoopback(place.host) ? null : { verifyIdentity: true as const }),
  }
  return await openDatabase(withHidden(there, 'password', () => database.password ?? ''))
}
