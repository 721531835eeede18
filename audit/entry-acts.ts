/** What an entry says was done to which table, without the counts. */
import type { SubjectEntry } from './entry.ts'

/** `table act`, sorted. Few sorts of erasures, and many people: each sort is held once. */
export function sharedActs(): (entry: Pick<SubjectEntry, 'tables'>) => readonly string[] {
  const sorts = new Map<string, readonly string[]>()
  return ({ tables }) => {
    const acts = Object.entries(tables)
      .flatMap(([table, ofTable]) => Object.keys(ofTable).map((act) => `${table} ${act}`))
      .sort()
    const text = acts.join(' ')
    const known = sorts.get(text) ?? acts
    sorts.set(text, known)
    return known
  }
}
