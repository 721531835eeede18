/** The outside as a process has it: two streams, the environment, the clock, signals. */
import { randomBytes } from 'node:crypto'
import { systemClock } from '../base/clock.ts'
import { readStandardInput } from '../config/files.ts'
import type { Io } from './io.ts'

export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', outlive)
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    input: readStandardInput,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    stop: stopOnSignals(),
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
