#!/usr/bin/env node
/** argv → command → exit code; nothing else. */
import { Command, CommanderError } from 'commander'
import type { ExitCode } from '../base/errors.ts'
import { isMainModule, packageVersion } from '../config/files.ts'
import { tell, tellUsage } from './command.ts'
import { processIo } from './process-io.ts'
import type { Io } from './io.ts'
import { addApprove } from './approve.ts'
import { addAudit } from './audit.ts'
import { addControl } from './control.ts'
import { addDemo } from './demo.ts'
import { addDescribe } from './describe.ts'
import { addDoctor } from './doctor.ts'
import { addDossier } from './dossier.ts'
import { addExplain } from './explain.ts'
import { addGrants } from './grants.ts'
import { addHold } from './hold.ts'
import { addInit } from './init.ts'
import { addLint } from './lint.ts'
import { addMail } from './mail.ts'
import { addMigrate } from './migrate.ts'
import { addPlan } from './plan.ts'
import { addReplay } from './replay.ts'
import { addReport } from './report.ts'
import { addRequest } from './request.ts'
import { addRun } from './run.ts'
import { addSchedule } from './schedule.ts'
import { addStatus } from './status.ts'

const commands = [
  addInit,
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
  addControl,
  addExplain,
  addHold,
  addRequest,
  addMail,
  addAudit,
  addReplay,
  addReport,
  addDossier,
  addDemo,
] as const

/** Adds a command; its action resolves to the exit code through `done`. */
export type Done = (code: ExitCode) => void
/** The whole command line again, for the demo. */
export type CommandLine = typeof main

export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0
  const json = argv.includes('--json')
  const program = buildProgram(io, (result) => {
    code = result
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : tellUsage(io, error, json)
    return tell(io, error, json)
  }
}

/** All commands with their help; tests and completions walk over it. */
export function buildProgram(io: Io, done: Done): Command {
  const program = new Command('oubli')
    .description("Keeps a website's promise to forget: warns, erases what is due, and proves it.")
    .version(packageVersion())
    .showHelpAfterError('  oubli --help shows the commands, oubli COMMAND --help the options.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd())
      },
      writeErr: (text) => {
        io.err(text.trimEnd())
      },
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'E_USAGE  '))
      },
    })
  for (const add of commands) add(program, io, done, main)
  return program
}

if (isMainModule(import.meta.url)) process.exitCode = await main(process.argv.slice(2), processIo())
