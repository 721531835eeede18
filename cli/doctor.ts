import type { Command } from 'commander'
import { clocks } from '../jobs/clocks.ts'
import { doctor } from '../jobs/doctor.ts'
import { indexScript, missingIndexes } from '../plan/index-script.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import { clockLines, contradictedOf } from './doctor-clocks.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { roadLines } from './road.ts'

interface DoctorOptions extends CommonOptions {
  readonly clocks?: boolean
  readonly indexes?: boolean
}

const marks = { ok: 'ok     ', warning: 'warning', refused: 'REFUSED' } as const

/** `oubli doctor`: does what is written fit what is there? Changes nothing. */
export function addDoctor(program: Command, io: Io, done: Done): void {
  const command = program
    .command('doctor')
    .description('compare policies, data map and settings with the live database')
    .option('--indexes', 'print the missing indexes as one script, with what each will cost')
    .option('--clocks', 'look at the clocks: whom they call silent, and who left a sign of life elsewhere')
  describeCommand(command, 'oubli doctor --clocks', [0, 1, 2, 4]).action(async (options: DoctorOptions) => {
    const lang = language(io, options)
    await withContext(io, options, async (ctx) => {
      const prepared = await prepare(ctx, lang)
      if (options.clocks === true) {
        const found = await clocks(ctx, prepared)
        if (options.json === true) io.out(JSON.stringify(found))
        else for (const line of clockLines(found, lang)) io.out(line)
        done(contradictedOf(found).length > 0 ? 4 : 0)
        return
      }
      if (options.indexes === true) {
        const missing = missingIndexes(prepared.problems, prepared.schema)
        if (options.json === true) io.out(JSON.stringify(missing))
        else for (const line of indexScript(missing, ctx.database.dialect.name === 'sqlite')) io.out(line)
        done(0)
        return
      }
      const checks = await doctor(ctx, prepared, lang)
      if (options.json === true) io.out(JSON.stringify(checks))
      else {
        for (const check of checks) io.out(`${marks[check.result]}  ${check.name}: ${check.text}`)
        const refused = checks.filter((check) => check.result === 'refused').length
        if (refused === 0) for (const line of roadLines('ready', lang)) io.out(line)
        io.out(refused === 0 ? 'Ready.' : `${refused} check(s) would stop a run.`)
      }
      done(checks.some((check) => check.result === 'refused') ? 4 : 0)
    })
  })
}
