/**
 * The file that the log is appended to, line by line and at once: nothing piles up behind a disk that refuses, and
 * what a killed process has said is there. A file that was moved away (logrotate) is made anew.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { safeError } from '../base/errors.ts'

export interface LogFile {
  /** Never throws. */
  readonly append: (line: string) => void
  readonly close: () => void
}

export interface LogFileEvents {
  /** The first line that could not be written; `code`: of the system, such as `EROFS`. */
  readonly onLost: (code: string) => void
  /** It is written again; `lines`: those that are missing. */
  readonly onFound: (lines: number) => void
}

// A pipe that nobody reads must not hold up a run. Where a system lacks the last flag, it counts as none.
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** Opened by the first line, and anew by every line while it cannot be. Missing folders are made. */
export function logFile(path: string, { onLost, onFound }: LogFileEvents): LogFile {
  let fd: number | null = null
  let lost = 0
  // Of a line that a full disk cut: the next one must not go on in it.
  let torn = false

  function close(): void {
    if (fd !== null) closeSync(fd)
    fd = null
  }

  function opened(): number {
    if (fd !== null && !isAt(path, fd)) close()
    if (fd !== null) return fd
    mkdirSync(dirname(path), { recursive: true })
    fd = openSync(path, flags, 0o666)
    torn = false
    return fd
  }

  function write(line: string): void {
    const file = opened()
    const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`)
    for (let done = 0; done < bytes.length;) {
      done += writeSync(file, bytes, done)
      torn = done < bytes.length
    }
  }

  return {
    append: (line) => {
      try {
        write(line)
      } catch (error) {
        lost += 1
        if (lost === 1) onLost(safeError(error).code ?? 'unknown')
        return
      }
      const missing = lost
      lost = 0
      if (missing > 0) onFound(missing)
    },
    close: () => {
      try {
        close()
      } catch {
        // What a network drive refuses now was told, or nobody is left to tell.
      }
    },
  }
}

/** False once the file was moved or removed. */
function isAt(path: string, fd: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  const open = fstatSync(fd)
  return there?.ino === open.ino && there.dev === open.dev
}
