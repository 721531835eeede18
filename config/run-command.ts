/** Starts a program of the operator's, without a shell, and hands it a text. */
import { spawn } from 'node:child_process'
import { safeError } from '../base/errors.ts'

/** Milliseconds. */
const longest = 60_000

/**
 * `input` comes on its standard input; what it prints is not kept. Null: it ended with 0. Otherwise a code:
 * `E_EXIT_1`, `E_TOO_LONG`, or the system's, such as `ENOENT`. Our own variables are kept from it: they can
 * hold passwords.
 */
export async function runCommand(path: string, input: string, atMost = longest): Promise<string | null> {
  return await new Promise((resolve) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(OUBLI_|CREDENTIALS_DIRECTORY$)/.test(name)),
    )
    const child = spawn(path, [], { env, stdio: ['pipe', 'ignore', 'ignore'] })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
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
