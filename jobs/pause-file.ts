/** What a run, and whoever asks, makes of the pause file. In doubt it is there: whoever put it must not be overheard. */
import { isoInstant } from '../base/clock.ts'
import { lookFor } from '../config/file-bytes.ts'

/** Why nothing may be written now; null: it is not there. */
export function pausedByFile(path: string): string | null {
  const seen = lookFor(path)
  if (seen === null) return null
  return 'since' in seen
    ? 'paused: the pause file is there'
    : `paused: the pause file cannot be looked for: ${seen.unseen}`
}

/** For doctor; null: it is not there. */
export function pauseFileWarning(path: string): string | null {
  const seen = lookFor(path)
  if (seen === null) return null
  return 'since' in seen
    ? `the pause file is there since ${isoInstant(seen.since)}, and runs erase nothing; remove it`
    : `the pause file cannot be looked for (${seen.unseen}), and runs erase nothing; let this account enter its folder`
}
