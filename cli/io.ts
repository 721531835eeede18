/** What a command may touch of the outside: two streams and the environment. Tests hand in their own. */
import type { Clock } from '../base/clock.ts'
import type { EnginePorts } from '../engine/ports.ts'

export interface Io {
  /** The result, on standard output. A line break is added. */
  readonly out: (line: string) => void
  /** Messages and progress, on standard error. A line break is added. */
  readonly err: (line: string) => void
  /** Standard error is a terminal: one line at its end that is written over; empty takes it away. */
  readonly live?: (line: string) => void
  readonly input: () => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  readonly random: (bytes: number) => Uint8Array
  /** A word once the process was asked to end. */
  readonly stop: () => string | null
  /** Only tests stop a run at a named place. */
  readonly point?: EnginePorts['point']
}
