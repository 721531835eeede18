/** The personal values of the small site: every one of them must be a token that stands nowhere by chance. */
import { expect } from 'chai'
import type { Dump } from './dump.ts'
import { leakFinder, shortestToken } from './leaks.ts'

const personalColumns: Readonly<Record<string, readonly string[]>> = {
  users: ['email', 'first_name', 'last_name', 'phone'],
  sessions: ['ip'],
  logins: ['device'],
  orders: ['ship_name'],
  invoices: ['billing_name'],
  invoice_archive: ['billing_name'],
  reviews: ['body', 'author_name'],
  prospects: ['email', 'first_name'],
  page_views: ['ip'],
}

/** What anonymising writes; words of the policies and of nobody. */
const constants: ReadonlySet<string> = new Set(['Former customer', 'The author of this review has left.'])

export function collectTokens(dump: Dump, tokens: Set<string>): void {
  for (const [table, columns] of Object.entries(personalColumns))
    for (const row of dump.get(table)?.values() ?? [])
      for (const column of columns) {
        const value = row[column] ?? ''
        if (value === '' || constants.has(value)) continue
        expect(value.length, `${table}.${column} is too short to be looked for`).to.be.at.least(shortestToken)
        tokens.add(value)
        const local = value.split('@')[0] ?? ''
        if (value.includes('@') && local.length >= shortestToken) tokens.add(local)
      }
}

/** Where which disguise was found, without the value. */
export function leaksIn(
  tokens: ReadonlySet<string>,
  written: ReadonlyMap<string, string>,
): readonly string[] {
  const found: string[] = []
  for (const [place, text] of written) {
    const find = leakFinder(text)
    for (const token of tokens)
      for (const how of find(token)) found.push(`${place}: ${token.slice(0, 3)}… (${how})`)
  }
  return found
}
