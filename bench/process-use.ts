/** Processor time and memory of a process, from /proc. */
import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** User and system time in seconds; null when the process is gone. */
export function cpuSeconds(pid: number): number | null {
  const fields = readOrNull(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ')
  if (fields === undefined) return null
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Largest resident memory so far in megabytes; null when the process is gone. */
export function peakMegabytes(pid: number): number | null {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1024
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
