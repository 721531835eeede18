/** The rights of the account against those that `oubli grants` prints for it. */
import { readHeldGrants } from '../db/held-grants.ts'
import type { MysqlSettings } from '../config/settings.ts'
import { compareRights, readGrant, whatIsGranted, type Grant } from '../plan/held-rights.ts'
import type { JobContext } from './context.ts'
import { grantStatements } from './grants.ts'
import type { Prepared } from './prepare.ts'

interface RightsCheck {
  readonly name: 'rights'
  readonly result: 'ok' | 'warning'
  readonly text: string
}

/** Which of the printed accounts this one is taken for: one that may not delete anything only plans. */
type Part = 'plan' | 'run'

const longest = 12

export async function rightsChecks(ctx: JobContext, prepared: Prepared): Promise<readonly RightsCheck[]> {
  const held = await readHeldGrants(ctx.database)
  const { database } = ctx.settings
  if (held === null || database.client !== 'mysql') return []
  const known = held.statements.map(readGrant).filter((grant) => grant !== null)
  const part: Part = known.some(mayWrite) ? 'run' : 'plan'
  const printed = printedFor(part, prepared, database)
  const { tooMuch, tooLittle } = compareRights(
    known,
    grantsIn(printed, 'GRANT'),
    grantsIn(printed, '-- GRANT'),
  )
  const checks: RightsCheck[] = []
  const name = 'rights' as const
  if (tooMuch.length > 0)
    checks.push({
      name,
      result: 'warning',
      text: `${held.account} may do more than the plan needs:${list(tooMuch)}\n  \`oubli grants\` prints the least.`,
    })
  const unread = held.statements.filter((text) => readGrant(text) === null).map(whatIsGranted)
  if (unread.length > 0)
    checks.push({
      name,
      result: 'warning',
      text: `${held.account} holds more than can be judged here, and may do more than the plan needs:${list(unread)}\n  Take it away, or look at it yourself.`,
    })
  // A role can hold what is missing, and the server does not say here what roles hold.
  if (tooLittle.length > 0 && unread.length === 0)
    checks.push({
      name,
      result: 'warning',
      text: `${held.account} lacks rights that the plan needs:${list(
        tooLittle.map(({ rights, on }) => `GRANT ${rights} ON ${on} TO ${quoted(held.account)};`),
      )}`,
    })
  return checks.length > 0 ? checks : [{ name, result: 'ok', text: `${held.account}: what the plan needs` }]
}

function mayWrite({ rights }: Grant): boolean {
  return ['DELETE', 'INSERT', 'ALL PRIVILEGES'].some((right) => rights.has(right))
}

/** The same lines that `oubli grants` prints. */
function printedFor(
  part: Part,
  prepared: Prepared,
  { database: schema, ownSchema: own = schema }: MysqlSettings,
): readonly string[] {
  return grantStatements(prepared, { schema, own, user: 'needed', host: '%' }).filter((line) =>
    line.endsWith(` TO 'needed_${part}'@'%';`),
  )
}

/** `-- GRANT` begins those that are only proposed. */
function grantsIn(lines: readonly string[], begin: 'GRANT' | '-- GRANT'): readonly Grant[] {
  return lines
    .filter((line) => line.startsWith(`${begin} `))
    .map((line) => readGrant(line.replace(/^-- /, '').replace(/;$/, '')))
    .filter((grant) => grant !== null)
}

function list(lines: readonly string[]): string {
  const shown = lines.slice(0, longest)
  const more = lines.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `\n  ${line}`).join('')
}

function quoted(account: string): string {
  const at = account.lastIndexOf('@')
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`
}
