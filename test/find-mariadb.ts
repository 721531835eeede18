/** Finds a MariaDB server program, or fetches the distribution's own package into `.cache` and unpacks it there. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface MariaDbProgram {
  readonly file: string
  readonly base: string
  /** Folder with the SQL of the system tables. */
  readonly share: string
  readonly version: string
  readonly env: Readonly<Record<string, string>>
}

/** Rejects with the name of the missing package; tests on MariaDB are never skipped in silence. */
export async function findMariaDb(): Promise<MariaDbProgram> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/libexec',
    '/usr/local/sbin',
  ]
  for (const folder of folders) {
    for (const name of ['mariadbd', 'mysqld']) {
      const found = await programAt(join(folder, name), resolve(folder, '..'), {})
      if (found !== undefined) return found
    }
  }
  return await fetched(resolve('.cache/mariadb'))
}

async function programAt(
  file: string,
  base: string,
  env: Readonly<Record<string, string>>,
): Promise<MariaDbProgram | undefined> {
  if (!existsSync(file)) return undefined
  const { stdout } = await execute(file, ['--version'], { env: { ...process.env, ...env } }).catch(() => ({
    stdout: '',
  }))
  const version = /Ver (\d+\.\d+\.\d+)-MariaDB/.exec(stdout)?.[1]
  const roots = base === '/' ? ['/usr', base] : [base, '/usr']
  const root = roots.find((each) => shareOf(each) !== undefined)
  if (version === undefined || root === undefined) return undefined
  return { file, base: root, share: shareOf(root) ?? '', version, env }
}

function shareOf(root: string): string | undefined {
  const shares = ['share/mysql', 'share/mariadb'].map((each) => join(root, each))
  return shares.find((each) => existsSync(join(each, 'mysql_system_tables.sql')))
}

/** Libraries of the server that a small system may not have. */
const packages = ['mariadb-server-core', 'libaio1', 'libnuma1', 'liburing2']

/** The system itself is not touched: the packages are only downloaded and unpacked. */
export async function fetched(folder: string): Promise<MariaDbProgram> {
  const file = join(folder, 'usr/sbin/mariadbd')
  try {
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true })
      for (const name of packages) {
        // A library whose name differs in another release is most likely installed there already.
        await execute('apt-get', ['download', name], { cwd: folder }).catch((error: unknown) => {
          if (name === 'mariadb-server-core') throw error
        })
      }
      for (const name of readdirSync(folder).filter((each) => each.endsWith('.deb'))) {
        await execute('dpkg-deb', ['-x', join(folder, name), folder])
      }
    }
    const libraries = readdirSync(join(folder, 'usr/lib')).map((each) => join(folder, 'usr/lib', each))
    const env = { LD_LIBRARY_PATH: libraries.join(delimiter) }
    const found = await programAt(file, join(folder, 'usr'), env)
    if (found !== undefined) return found
  } catch {
    // told below, with what to install
  }
  throw new Error(
    'no MariaDB server for the tests: install the package mariadb-server-core (mariadb-server elsewhere), ' +
      'or set OUBLI_TEST_DATABASES=sqlite to leave MariaDB out',
  )
}
