#!/usr/bin/env node
/** argv → command → exit code; nothing else. */
import { Command, CommanderError } from 'commander'
import { randomBytes } from 'node:crypto'
import { systemClock } from '../base/clock.ts'
import type { ExitCode } from '../base/errors.ts'
import { isMainModule, packageVersion, readStandardInput } from '../config/files.ts'
import { tell } from './command.ts'
import type { Io } from './io.ts'
import { addApprove } from './approve.ts'
import { addAudit } from './audit.ts'
import { addDemo } from './demo.ts'
import { addDescribe } from './describe.ts'
import { addDoctor } from './doctor.ts'
import { addExplain } from './explain.ts'
import { addGrants } from './grants.ts'
import { addHold } from './hold.ts'
import { addLint } from './lint.ts'
import { addMail } from './mail.ts'
import { addMigrate } from './migrate.ts'
import { addPlan } from './plan.ts'
import { addRun } from './run.ts'
import { addSchedule } from './schedule.ts'
import { addStatus } from './status.ts'

const commands = [
  addLint,
  addDescribe,
  addDoctor,
  addMigrate,
  addGrants,
  addPlan,
  addApprove,
  addRun,
  addSchedule,
  addStatus,
  addExplain,
  addHold,
  addMail,
  addAudit,
  addDemo,
] as const

/** Adds a command; its action resolves to the exit code through `done`. */
export type Done = (code: ExitCode) => void
/** The whole command line again, for the demo. */
export type CommandLine = typeof main

export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = new Command('oubli')
    .description("Keeps a website's promise to forget: warns, erases what is due, and proves it.")
    .version(packageVersion())
    .showHelpAfterError('(oubli --help shows the commands)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd())
      },
      writeErr: (text) => {
        io.err(text.trimEnd())
      },
    })
  for (const add of commands)
    add(
      program,
      io,
      (result) => {
        code = result
      },
      main,
    )
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return tell(io, error)
  }
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

if (isMainModule(import.meta.url)) {
  const io: Io = {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    input: readStandardInput,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    stop: stopOnSignals(),
  }
  process.exitCode = await main(process.argv.slice(2), io)
}
