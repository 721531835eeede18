/** What operators ask of a run at work, by a command or by the pause file: heard before each transaction. */
import { DatabaseError } from '../db/database-error.ts'
import { readControl, type Control } from '../db/own/control.ts'
import type { Session } from '../db/session.ts'
import type { Hold } from '../engine/gentle-pace.ts'
import { pausedByFile } from './pause-file.ts'

export interface Wishes {
  /** Reads what was asked by command. What cannot be read leaves the last answer. */
  readonly hear: (session: Session) => Promise<void>
  /** Why no transaction may begin, or null; looks for the file. */
  readonly pause: () => Hold | null
  /** A word when whoever goes by one of these names shall end. */
  readonly stop: (...names: readonly string[]) => string | null
}

export function operatorWishes(pauseFile: string | null): Wishes {
  let control: Control = { pause: null, stop: null }
  return {
    hear: async (session) => {
      try {
        control = await readControl(session)
      } catch (error) {
        // Whoever ends a statement of ours wishes us to end.
        if (!(error instanceof DatabaseError) || error.kind === 'killed') throw error
      }
    },
    pause: () => {
      const byFile = pauseFile === null ? null : pausedByFile(pauseFile)
      if (byFile !== null) return { kind: 'paused', why: byFile, hard: false }
      if (control.pause === null) return null
      return { kind: 'paused', why: 'paused by oubli pause', hard: false }
    },
    stop: (...names) => (names.includes(control.stop?.run ?? '') ? 'stopped by oubli stop' : null),
  }
}
