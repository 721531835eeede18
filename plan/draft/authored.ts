/** What people wrote or saw to for the site: not theirs alone, so it does not go with them by silence. */
import { targetWords } from '../link-words.ts'
import { wordsOf } from '../personal-words.ts'
import { columnOf } from '../site-schema.ts'
import { isUnique } from '../tie.ts'
import { isAkin, isWordless } from './descend.ts'
import type { FoundLink } from './found-link.ts'
import type { Judged } from './kinds.ts'
import { soundsLikePeople } from './names.ts'
import { soundsLikeStaff } from './categories.ts'

const authors =
  /^(?:author|auteur|autrice|poster|creator|createur|creatrice|writer|redacteur|redactrice|publisher|contributor|contributeur|uploader)$/
const acts =
  /^(?:posted|written|published|authored|uploaded|submitted)_by$|^(?:ecrit|redige|publie|poste)e?_par$/

/** Null: nobody's work. `fixed`: the schema lets no row stay without its author. */
export type Stay = 'keep' | 'detach' | 'fixed'

export function stayOf(judged: Judged, table: string, by: FoundLink | null): Stay | null {
  const looked = judged.looked.get(table)
  if (looked === undefined || by === null || !isWordless(by)) return null
  const columns = Object.keys(by.columns)
  // One row for each person is about them: the profile of an author, the badge of an employee.
  if (judged.places.get(by.to)?.as !== 'person' || isUnique(looked.table, columns)) return null
  const handled =
    soundsLikeStaff(judged.looked.get(by.to)?.words ?? []) &&
    !isAkin(by, looked, judged.looked) &&
    !soundsLikePeople(looked.words)
  if (!handled && !columns.some(namesAuthor)) return null
  const empties = columns.every((name) => {
    const column = columnOf(looked.table, name)
    return column?.nullable === true && !column.generated
  })
  if (empties) return 'detach'
  return by.declared ? 'fixed' : 'keep'
}

function namesAuthor(column: string): boolean {
  const words = wordsOf(column)
  const base = targetWords(words) ?? words
  return authors.test(base.at(-1) ?? '') || acts.test(base.join('_'))
}

const contents =
  /^(?:post|topic|sujet|article|page|node|entry|thread|discussion|question|blog|news|story|event|evenement|annonce|listing|recipe|recette|photo|album|video|document|wiki|chapter|chapitre)$/

/** Tables with rows of other people that hang on these as well: answers to a topic, comments on a page. */
export function othersOn(judged: Judged, table: string): readonly string[] {
  const { looked, places } = judged
  if (!(looked.get(table)?.words ?? []).some((word) => contents.test(word))) return []
  return [...looked.values()]
    .filter(({ table: { name }, links }) => {
      const owner = places.get(name)?.by[0]?.to
      const isOfPeople = owner !== undefined && places.get(owner)?.as === 'person'
      return name !== table && isOfPeople && links.some((link) => !link.clerk && link.to === table)
    })
    .map((one) => one.table.name)
}
