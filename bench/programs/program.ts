/** What the small programs of the benchmark share: their task, their connection, and the wish that they end. */
import type { Connection } from 'mysql2/promise'
import { plainConnection, type Place } from '../sql.ts'

/** The task as the benchmark wrote it. */
export function taskOf(): unknown {
  return JSON.parse(process.argv[2] ?? 'null')
}

/** Becomes true with SIGTERM. */
export function stopAsked(): () => boolean {
  let asked = false
  process.on('SIGTERM', () => (asked = true))
  return () => asked
}

export function connect(place: Place): Promise<Connection> {
  return plainConnection(place)
}

export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
