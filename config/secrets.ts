/** Secrets that systemd hands over, and values that are read on use and never shown. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Path of a credential that systemd handed over; null when there is none of that name. */
export function credentialPath(folder: string | undefined, name: string): string | null {
  if (folder === undefined || folder === '') return null
  const path = join(folder, name)
  return existsSync(path) ? path : null
}

/**
 * A property that is read on use, and that neither JSON nor an inspecting log shows: a settings object may be
 * printed by mistake.
 */
export function withHidden<T extends object, K extends string, V>(
  target: T,
  name: K,
  read: () => V,
): T & Readonly<Record<K, V>> {
  return Object.defineProperty(target, name, { enumerable: false, get: read }) as T & Readonly<Record<K, V>>
}
