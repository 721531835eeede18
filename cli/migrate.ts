import type { Command } from 'commander'
import { migrateAll } from '../jobs/migrate.ts'
import { describeCommand, language, settingsOf, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'
import { migratedLines } from './road.ts'

/** `oubli migrate`: makes our own tables, the signing key and the secret, as far as they are missing. */
export function addMigrate(program: Command, io: Io, done: Done): void {
  const command = program
    .command('migrate')
    .description('make the tables of Oubli, its signing key and its secret, if missing')
  describeCommand(command, 'oubli migrate', [0, 1, 2, 4]).action(async (options: CommonOptions) => {
    const made = await migrateAll(await settingsOf(io, options), io.random)
    if (options.json === true) io.out(JSON.stringify(made))
    else {
      for (const name of made.migrations) io.out(`applied ${name}`)
      for (const path of made.files) io.out(`made ${path}`)
      if (made.verifierKey !== null)
        io.out(`Verifier key, to be kept by whoever checks the evidence:\n  ${made.verifierKey}`)
      for (const line of migratedLines(made.migrations, language(io, options))) io.out(line)
      io.out(made.migrations.length === 0 && made.files.length === 0 ? 'Nothing to do.' : 'Done.')
    }
    done(0)
  })
}
