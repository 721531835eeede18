/** The outside as a process has it: two streams, the environment, the clock, signals. */
import { randomFillSync } from 'node:crypto'
import { stopwatch, systemClock } from '../base/clock.ts'
import { readStandardInput } from '../config/files.ts'
import type { Io } from './io.ts'

export function processIo(): Io {
  outlive()
  const { wipe, live } = liveLine()
  return {
    out: (line) => {
      wipe()
      process.stdout.write(`${line}\n`)
    },
    err: (line) => {
      wipe()
      process.stderr.write(`${line}\n`)
    },
    ...(process.stderr.isTTY ? { live } : {}),
    input: readStandardInput,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: pooledRandom(),
    stop: stopOnSignals(),
  }
}

/** The last line of a terminal, written over; other lines take it away first, or they would end in it. */
function liveLine(): { readonly wipe: () => void; readonly live: (line: string) => void } {
  let shown = false
  const wipe = (): void => {
    if (shown) process.stderr.write('\r\u001B[K')
    shown = false
  }
  return {
    wipe,
    live: (line) => {
      wipe()
      if (line === '') return
      // A line that wraps could not be taken away again.
      process.stderr.write(
        Array.from(line)
          .slice(0, process.stderr.columns - 1)
          .join(''),
      )
      shown = true
    },
  }
}

/**
 * What is said can be lost; the work goes on, or a full disk under a log would end it between two transactions.
 * `oubli plan | head`: nobody reads on, and the exit code is that of the work. Anything else (a full disk, a
 * terminal that went away) is told by the exit code, unless that says more already.
 */
function outlive(): void {
  const lost = new Map<string, string>()
  for (const [name, stream] of [
    ['standard output', process.stdout],
    ['standard error', process.stderr],
  ] as const)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') lost.set(name, error.code ?? 'an error')
    })
  process.on('exit', (code) => {
    const [first] = lost
    if (first === undefined) return
    if (code === 0) process.exitCode = 1
    const [name, found] = first
    process.stderr.write(
      `E_OUTPUT_LOST  ${name}: expected a place to write to, found ${found}\n` +
        '  What was done stands; what was said of it is lost. Make room, then look at `oubli status`.\n',
    )
  })
}

/** Under `npx` one Ctrl-C comes twice, from the terminal and from npm. Milliseconds. */
const oneWish = 1000

/** The second signal ends at once; the first lets the current transaction finish. */
function stopOnSignals(): () => string | null {
  let told: string | null = null
  let wish: { readonly signal: string; readonly at: number } | null = null
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      told ??= signal
      // A terminal that goes away is nobody's impatience, and whoever asks after it asks for the first time.
      if (signal === 'SIGHUP') return
      const now = stopwatch()
      if (wish === null) wish = { signal, at: now }
      else if (signal !== wish.signal || now - wish.at >= oneWish) process.exit(130)
    })
  return () => (told === null ? null : `interrupted by ${told}`)
}

/** Fetched from the system by the page; no byte is handed out twice. */
function pooledRandom(): (bytes: number) => Uint8Array {
  const page = new Uint8Array(8192)
  let used = page.length
  return (bytes) => {
    if (bytes > page.length) return randomFillSync(new Uint8Array(bytes))
    if (used + bytes > page.length) {
      randomFillSync(page)
      used = 0
    }
    used += bytes
    return page.slice(used - bytes, used)
  }
}
