import type { Command } from 'commander'
import { grantStatements } from '../jobs/grants.ts'
import { prepare } from '../jobs/prepare.ts'
import { describeCommand, language, withContext, type CommonOptions } from './command.ts'
import type { Io } from './io.ts'
import type { Done } from './main.ts'

interface GrantOptions extends CommonOptions {
  readonly user: string
  readonly host: string
  readonly schema?: string
}

/** `oubli grants --print`: minimal accounts, read from the plan. Prints, and grants nothing. */
export function addGrants(program: Command, io: Io, done: Done): void {
  const command = program
    .command('grants')
    .description('print the least rights that the plan needs, for MySQL and MariaDB')
    .option('--print', 'print the statements (there is nothing else to do; kept for clarity in scripts)')
    .option('--user <name>', 'prefix of the three accounts', 'oubli')
    .option('--host <pattern>', 'host part of the accounts', 'localhost')
    .option('--schema <name>', 'schema of the site (default: the one in the settings)')
  describeCommand(command, 'oubli grants --print --host "10.0.0.%"', [0, 1, 2, 4]).action(
    async (options: GrantOptions) => {
      await withContext(io, options, async (ctx) => {
        const { database } = ctx.settings
        const schema = options.schema ?? (database.client === 'mysql' ? database.database : 'your_schema')
        const own = (database.client === 'mysql' ? database.ownSchema : undefined) ?? schema
        const { user, host } = options
        const lines = grantStatements(await prepare(ctx, language(io, options)), { schema, own, user, host })
        if (options.json === true) io.out(JSON.stringify(lines))
        else for (const line of lines) io.out(line)
        done(0)
      })
    },
  )
}
