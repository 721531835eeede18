/** Starts a program of the operator's, without a shell, and hands it a text. */
import { spawn, type ChildProcess } from 'node:child_process'
import { safeError } from '../base/errors.ts'

/** Milliseconds. */
const longest = 60_000

const passedOn = /^(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR)$/

/**
 * `input` comes on its standard input; what it prints is not kept. Null: it ended with 0. Otherwise a code:
 * `E_EXIT_1`, `E_TOO_LONG`, or the system's, such as `ENOENT`. Of our variables it gets only those that every
 * program needs: any other can hold a password. One that takes too long is killed with all that it started.
 */
export async function runCommand(path: string, input: string, atMost = longest): Promise<string | null> {
  return await new Promise((resolve) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name)))
    // Detached: the head of a group of its own, which can be killed as one.
    const child = spawn(path, [], { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    const timer = setTimeout(() => {
      killGroup(child)
      child.stdin.destroy()
      child.unref()
      resolve('E_TOO_LONG')
    }, atMost)
    const end = (code: string | null): void => {
      clearTimeout(timer)
      resolve(code)
    }
    child.on('error', (error) => {
      end(safeError(error).code ?? 'E_NOT_STARTED')
    })
    child.on('close', (exit, signal) => {
      end(exit === 0 ? null : signal === null ? `E_EXIT_${exit ?? 1}` : `E_${signal}`)
    })
    // It may end without having read anything; its exit code says whether that was right.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Ended meanwhile, or a system without groups.
    child.kill('SIGKILL')
  }
}
