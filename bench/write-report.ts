/** The file behind `--json`: everything that was measured, and on what. */
import { writeAtomic } from '../config/files.ts'
import type { machine } from './machine.ts'
import type { Options } from './options.ts'
import type { paces } from './pace.ts'
import type { Reported } from './report.ts'

export interface FullReport {
  readonly machine: Awaited<ReturnType<typeof machine>>
  readonly options: Options
  /** Flags of the server. */
  readonly server: readonly string[]
  readonly paces: typeof paces
  readonly reports: readonly Reported[]
}

export async function writeReport(file: string, report: FullReport): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(report, jsonValue, 2)}\n`)
}

/** A round is a map of contenders, which JSON would write as an empty object. */
function jsonValue(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value
}
