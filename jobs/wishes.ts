/** What operators ask of a run at work, by a command or by the pause file: heard before each transaction. */
import { concernsEveryRow, DatabaseError } from '../db/database-error.ts'
import { readControl, type Control } from '../db/own/control.ts'
import type { Session } from '../db/session.ts'
import type { Hold } from '../engine/gentle-pace.ts'
import { pausedByFile } from './pause-file.ts'

export interface Wishes {
  /**
   * Reads what was asked by command. A line that is lost leaves the last answer: who cannot ask cannot write. What else
   * keeps the answer from us holds the run until it can be read.
   */
  readonly hear: (session: Session) => Promise<void>
  /** Why no transaction may begin, or null; looks for the file. */
  readonly pause: () => Hold | null
  /** A word when whoever goes by one of these names shall end. */
  readonly stop: (...names: readonly string[]) => string | null
}

export function operatorWishes(pauseFile: string | null): Wishes {
  let control: Control = { pause: null, stop: null }
  let isUnread = false
  return {
    hear: async (session) => {
      try {
        control = await readControl(session)
        isUnread = false
      } catch (error) {
        // As in a transaction: a right that is gone, a damaged table; whoever ends a statement of ours wishes us to end.
        if (!(error instanceof DatabaseError) || concernsEveryRow(error.kind)) throw error
        if (error.kind !== 'connection lost') isUnread = true
      }
    },
    pause: () => {
      const byFile = pauseFile === null ? null : pausedByFile(pauseFile)
      if (byFile !== null) return { kind: 'paused', why: byFile, hard: false }
      if (isUnread) return { kind: 'paused', why: 'paused: what was asked cannot be read', hard: false }
      if (control.pause === null) return null
      return { kind: 'paused', why: 'paused by oubli pause', hard: false }
    },
    stop: (...names) => (names.includes(control.stop?.run ?? '') ? 'stopped by oubli stop' : null),
  }
}
