/** Where and with what it was measured. */
import { execFileSync } from 'node:child_process'
import { arch, cpus, release, totalmem } from 'node:os'
import { packageVersion } from '../config/files.ts'
import { archiverVersion, howToGetArchiver } from './peers.ts'
import { findMariaDb } from '../test/find-mariadb.ts'

export async function machine(): Promise<Readonly<Record<string, string>>> {
  const { version } = await findMariaDb()
  return {
    processor: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'} (${arch()})`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `Linux ${release()}`,
    mariadb: version,
    node: process.version,
    oubli: `${packageVersion()}${commit()}`,
    'pt-archiver': archiverVersion() ?? howToGetArchiver,
  }
}

function commit(): string {
  try {
    return ` (${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()})`
  } catch {
    return ''
  }
}
