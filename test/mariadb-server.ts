/** A MariaDB server of the tests' own: own folder, socket and port, gone when the tests are gone. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MysqlSettings } from '../db/connect.ts'
import { findMariaDb } from './find-mariadb.ts'
import type { MariaDbProgram } from './find-mariadb.ts'

export interface MariaDbOptions {
  /** Added to the fast settings below; the last of two wins. */
  readonly flags?: readonly string[]
}

export interface MariaDbServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly socketPath: string
  /** Root without a password, over the loopback address unless `overSocket`. */
  settings(database: string, overSocket?: boolean): MysqlSettings
  /** As `kill -9`: nothing is flushed. The data folder stays, `start` recovers from it. */
  kill(): Promise<void>
  /** As a restart by hand: SIGTERM, and the end is waited for. */
  shutdown(): Promise<void>
  /** After `kill` or `shutdown`: the same folder, socket and port. */
  start(): Promise<void>
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
}

const fast = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--innodb-buffer-pool-size=32M',
  '--innodb-log-file-size=16M',
  '--performance-schema=OFF',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--max-connections=600',
  '--max-allowed-packet=64M',
]

export async function startMariaDb(options: MariaDbOptions = {}): Promise<MariaDbServer> {
  const program = await findMariaDb()
  const folder = await mkdtemp(join(tmpdir(), 'oubli-db-'))
  await cp(await template(program), join(folder, 'data'), { recursive: true })
  const port = await freePort()
  const socketPath = join(folder, 's')
  const server = new ServerProcess(program, folder, [
    ...common(program, join(folder, 'data')),
    ...fast,
    `--socket=${socketPath}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--log-error=${join(folder, 'error.log')}`,
    ...(options.flags ?? []),
  ])
  await server.start(socketPath)
  return {
    host: '127.0.0.1',
    port,
    socketPath,
    settings: (database, overSocket = false) => ({
      client: 'mysql',
      user: 'root',
      database,
      tls: null,
      ...(overSocket ? { socketPath } : { host: '127.0.0.1', port }),
    }),
    kill: () => server.kill(),
    shutdown: () => server.kill('TERM'),
    start: () => server.start(socketPath),
    stop: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The server hangs on a shell that reads from us: when this process ends, however it ends, the shell's input
 * ends, the server is killed and its folder removed.
 */
class ServerProcess {
  readonly #program: MariaDbProgram
  readonly #folder: string
  readonly #flags: readonly string[]
  #shell: ChildProcess | undefined

  constructor(program: MariaDbProgram, folder: string, flags: readonly string[]) {
    this.#program = program
    this.#folder = folder
    this.#flags = flags
  }

  async start(socketPath: string): Promise<void> {
    const script =
      '"$@" </dev/null >/dev/null 2>&1 & server=$!; read word how; kill -${how:-KILL} $server; wait $server 2>/dev/null; ' +
      'test "$word" = keep || rm -rf "$OUBLI_FOLDER"'
    const shell = spawn('sh', ['-c', script, 'sh', this.#program.file, ...this.#flags], {
      env: { ...process.env, ...this.#program.env, OUBLI_FOLDER: this.#folder },
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C reaches the whole group of the terminal; the shell must outlive it to clean up.
      detached: true,
    })
    this.#shell = shell
    shell.unref()
    const input = shell.stdin as unknown as { unref(): void }
    input.unref()
    for (let tries = 0; tries < 2400; tries += 1) {
      if (await greets(socketPath)) return
      await sleep(50)
    }
    const log = await readFile(join(this.#folder, 'error.log'), 'utf8').catch(() => 'no log')
    await this.kill()
    throw new Error(`the test server did not start:\n${log.slice(-2000)}`)
  }

  async kill(how: 'KILL' | 'TERM' = 'KILL'): Promise<void> {
    const shell = this.#shell
    this.#shell = undefined
    if (shell === undefined) return
    const ended = new Promise<void>((resolve) =>
      shell.once('exit', () => {
        resolve()
      }),
    )
    shell.ref()
    shell.stdin?.end(`keep ${how}\n`)
    await ended
  }
}

function common(program: MariaDbProgram, data: string): string[] {
  return [
    '--no-defaults',
    `--datadir=${data}`,
    // A server that starts removes the temporary tables of every other one in the same folder.
    `--tmpdir=${dirname(data)}`,
    `--basedir=${program.base}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ]
}

/** An empty data folder with the system tables, made once per version of the server and copied from then on. */
async function template(program: MariaDbProgram): Promise<string> {
  const uid = process.getuid?.() ?? 0
  const wanted = join(tmpdir(), `oubli-mariadb-${program.version}-${uid}`)
  if (existsSync(wanted)) return wanted
  const made = await mkdtemp(join(tmpdir(), 'oubli-mariadb-new-'))
  try {
    await bootstrap(program, join(made, 'data'), await systemTables(program, made))
    await rename(join(made, 'data'), wanted)
  } catch (error) {
    // Another test process was faster, or something is really wrong.
    if (!existsSync(wanted)) throw error
  } finally {
    await rm(made, { recursive: true, force: true })
  }
  return wanted
}

async function systemTables(program: MariaDbProgram, folder: string): Promise<string> {
  const names = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql']
  const texts = await Promise.all(names.map((name) => readFile(join(program.share, name), 'utf8')))
  const script = join(folder, 'bootstrap.sql')
  const head = ['create database if not exists mysql;', 'use mysql;', 'SET @auth_root_socket=NULL;']
  await writeFile(script, [...head, ...texts].join('\n'))
  return script
}

async function bootstrap(program: MariaDbProgram, data: string, script: string): Promise<void> {
  const flags = [...common(program, data), '--bootstrap', '--innodb-log-file-size=16M', '--skip-log-bin']
  const shell = spawn(
    'sh',
    [
      '-c',
      'mkdir "$1"; shift; script="$1"; shift; exec "$@" <"$script"',
      'sh',
      data,
      script,
      program.file,
      ...flags,
    ],
    {
      env: { ...process.env, ...program.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let errors = ''
  shell.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const code = await new Promise((resolve) => shell.once('close', resolve))
  if (code !== 0)
    throw new Error(`the system tables of the test server could not be made:\n${errors.slice(-2000)}`)
}

function greets(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const settle = (up: boolean): void => {
      socket.destroy()
      resolve(up)
    }
    socket.once('data', () => {
      settle(true)
    })
    socket.once('error', () => {
      settle(false)
    })
    socket.once('close', () => {
      settle(false)
    })
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => {
        resolve(port)
      })
    })
  })
}
