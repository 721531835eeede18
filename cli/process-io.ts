/** The outside as a process has it: two streams, the environment, the clock, signals. */
import { randomFillSync } from 'node:crypto'
import { systemClock } from '../base/clock.ts'
import { readStandardInput } from '../config/files.ts'
import type { Io } from './io.ts'

export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', outlive)
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

/** `oubli plan | head`: nobody reads on. What is said is lost; the work goes on, and its exit code counts. */
function outlive(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** The second signal ends at once; the first lets the current transaction finish. */
function stopOnSignals(): () => string | null {
  let word: string | null = null
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (word !== null) process.exit(130)
      word = `interrupted by ${signal}`
    })
  return () => word
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
