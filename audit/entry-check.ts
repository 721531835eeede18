/** Checks many texts in a row, as the sealer does: is each that of the entry with this id? */
import { entryFrom } from './entry-text.ts'

/** Of so many texts what is common is kept; a run counts much the same for many people. */
const knownAtMost = 4000

const idPattern = /^[0-9a-f]{32}$/
const commitmentPattern = /^[0-9a-f]{64}$/
const before = '"subject":"'

/**
 * Says the same as `entryFrom(text)?.id === id`, in less time where texts of people differ in id and commitment
 * alone: what is around the two was seen in an entry of a person before, where no text holds a quotation mark and
 * the first `id` and the first `subject` behind it are the entry's own. Any other id and commitment of that form
 * then makes an entry too.
 */
export function entryCheck(): (text: string, id: string) => boolean {
  const known = new Set<string>()
  return (text, id) => {
    const around = aroundPerson(text, id)
    if (around !== null && known.has(around)) return true
    const entry = entryFrom(text)
    if (entry?.id !== id) return false
    if (around !== null && (entry.kind === 'subject.erased' || entry.kind === 'subject.anonymised')) {
      if (known.size === knownAtMost) known.clear()
      known.add(around)
    }
    return true
  }
}

/** The text but for the id and the commitment; between the parts stands what no entry contains. */
function aroundPerson(text: string, id: string): string | null {
  const at = text.indexOf(`"id":"${id}"`)
  const subjectAt = text.indexOf(before, at) + before.length
  const end = subjectAt + 64
  if (at === -1 || subjectAt < before.length) return null
  if (!idPattern.test(id) || !commitmentPattern.test(text.slice(subjectAt, end))) return null
  return `${text.slice(0, at)}\n${text.slice(at + id.length + 7, subjectAt)}\n${text.slice(end)}`
}
