/** What entries say was done to which table under the same terms, without the counts. */
import type { SubjectEntry } from './entry.ts'

/**
 * `table act`, each once, of all people who went under the terms of this entry: one person alone may have had no rows
 * somewhere, or none any more. Every entry has to be given before the set is read.
 */
export function actsByTerms(): (entry: Pick<SubjectEntry, 'policy' | 'tables'>) => ReadonlySet<string> {
  const byTerms = new Map<string, Set<string>>()
  return ({ policy: { terms }, tables }) => {
    const acts = byTerms.get(terms) ?? new Set<string>()
    byTerms.set(terms, acts)
    for (const [table, ofTable] of Object.entries(tables))
      for (const act of Object.keys(ofTable)) acts.add(`${table} ${act}`)
    return acts
  }
}
