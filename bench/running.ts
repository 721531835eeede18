/** Something that works on the tables while it is watched: a process, a few in turn, or a statement of the server. */
import { spawn, type ChildProcess } from 'node:child_process'

export interface Running {
  /** The process whose time and memory are the contender's own; null: none, or none at the moment. */
  readonly pid: () => number | null
  /** Rejects when it did not end as it should. */
  readonly done: Promise<void>
  /** Asks it to end after what it is doing. */
  readonly stop: () => void
  /** What it has printed so far. */
  readonly out: () => string
  /** The same of its standard error. */
  readonly err: () => string
}

export interface ProgramOptions {
  readonly cwd?: string
  /** Exit codes of a good end; only 0 unless told. */
  readonly fine?: readonly number[]
}

const alive = new Set<ChildProcess>()

/** For the end of the benchmark, however it comes. */
export function killAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

export function startProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Running {
  const child = spawn(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, LANG: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  alive.add(child)
  const out: string[] = []
  const err: string[] = []
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk.toString()))
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      alive.delete(child)
      if (code !== null && (options.fine ?? [0]).includes(code)) resolve()
      else
        reject(
          new Error(
            `${[file, ...args].join(' ')}: ended with ${code ?? signal ?? 'nothing'}\n${out.join('').slice(-600)}${err.join('').slice(-600)}`,
          ),
        )
    })
  })
  return {
    pid: () => child.pid ?? null,
    done,
    stop: () => void child.kill('SIGTERM'),
    out: () => out.join(''),
    err: () => err.join(''),
  }
}

/** One program of `bench/programs`, told what to do by one JSON value. */
export function startOwn(name: string, task: unknown): Running {
  const file = new URL(`./programs/${name}.js`, import.meta.url).pathname
  return startProgram(process.execPath, [file, JSON.stringify(task)])
}

/** Work that the server does by itself; it ends when it ends. */
export function inServer(done: Promise<unknown>): Running {
  return {
    pid: () => null,
    done: done.then(() => undefined),
    stop: () => undefined,
    out: () => '',
    err: () => '',
  }
}

/** One after the other; asked to end, it ends the one at hand and leaves out the rest. */
export function inTurn(steps: readonly (() => Running)[]): Running {
  const state: { now: Running | null; stopped: boolean } = { now: null, stopped: false }
  const said: string[] = []
  const done = (async () => {
    for (const step of steps) {
      if (state.stopped) return
      state.now = step()
      await state.now.done
      said.push(state.now.out())
    }
  })()
  return {
    pid: () => state.now?.pid() ?? null,
    done,
    stop: () => {
      state.stopped = true
      state.now?.stop()
    },
    out: () => said.join(''),
    err: () => '',
  }
}
