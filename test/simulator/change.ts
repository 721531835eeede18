/** From one picture to the next: what is new, what is gone, and what has to be remembered of it. */
import type { Instant } from '../../base/clock.ts'
import type { EntrySeen, MailSeen, Picture, WarningSeen } from './picture.ts'
import type { Report, Send, Truth } from './truth.ts'

/** A mail that was ever queued, with what it told whom; stays known after the person is gone. */
export interface Told extends WarningSeen {
  readonly token: string
}

export interface Gone {
  readonly key: string
  readonly entryId: string | null
  readonly entry: ErasureEntry | null
}

export interface ErasureEntry {
  readonly run: string
  readonly asOf: Instant
  readonly terms: string
}

/** All that the invariants remember. */
export interface Memory {
  /** The last picture; null before the first. */
  picture: Picture | null
  /** Entry id → text. */
  readonly entries: Map<string, string>
  readonly mails: Map<string, MailSeen>
  /** Mail id → what it told. */
  readonly told: Map<string, Told>
  /** Keys of people who went. */
  readonly erased: Set<string>
  readonly erasedInRun: Map<string, number>
  readonly newcomersAt: Map<Instant, number>
  readonly lawful: Set<string>
  /** Token → bytes of the first attempt. */
  readonly bytes: Map<string, string>
  checkpoints: number
  sends: number
  reports: number
  enforced: number
  sealings: number
}

export function emptyMemory(): Memory {
  return {
    picture: null,
    entries: new Map(),
    mails: new Map(),
    told: new Map(),
    erased: new Set(),
    erasedInRun: new Map(),
    newcomersAt: new Map(),
    lawful: new Set(),
    bytes: new Map(),
    checkpoints: 0,
    sends: 0,
    reports: 0,
    enforced: 0,
    sealings: 0,
  }
}

export interface Change {
  readonly gone: readonly Gone[]
  /** People who are there and have fewer rows than before. */
  readonly lessened: readonly string[]
  readonly entries: readonly (EntrySeen & { readonly id: string })[]
  readonly queued: readonly Told[]
  readonly sends: readonly Send[]
  readonly reports: readonly Report[]
  /** Mails that changed, as they were and as they are. */
  readonly mails: readonly { readonly before: MailSeen; readonly after: MailSeen | null }[]
}

export function changeOf(memory: Memory, picture: Picture, truth: Truth): Change {
  const last = memory.picture
  return {
    ...peopleChanged(last, picture, truth),
    entries: newEntries(memory, picture),
    ...mailsChanged(memory, picture),
    sends: truth.sends.slice(memory.sends),
    reports: truth.reports.slice(memory.reports),
  }
}

function peopleChanged(
  last: Picture | null,
  picture: Picture,
  truth: Truth,
): Pick<Change, 'gone' | 'lessened'> {
  if (last === null || last.people === picture.people) return { gone: [], lessened: [] }
  const gone: Gone[] = []
  const lessened: string[] = []
  for (const [key, before] of last.people) {
    const rows = picture.people.get(key)
    if (rows === undefined) gone.push(goneOf(key, picture, truth))
    else if (rows < before) lessened.push(key)
  }
  return { gone, lessened }
}

function newEntries(memory: Memory, picture: Picture): Change['entries'] {
  if (memory.picture?.entriesVersion === picture.entriesVersion) return []
  const found: (EntrySeen & { readonly id: string })[] = []
  for (const [id, entry] of picture.entries) if (!memory.entries.has(id)) found.push({ id, ...entry })
  return found
}

function mailsChanged(memory: Memory, picture: Picture): Pick<Change, 'mails' | 'queued'> {
  const last = memory.picture
  if (last?.mails === picture.mails && last.warnings === picture.warnings) return { mails: [], queued: [] }
  const byId = new Map(picture.mails.map((mail) => [mail.id, mail]))
  const mails = [...memory.mails.values()]
    .map((before) => ({ before, after: byId.get(before.id) ?? null }))
    .filter(({ before, after }) => after === null || after.state !== before.state)
  const queued = picture.warnings
    .filter((warning) => !memory.told.has(warning.mail))
    .map((warning) => ({ ...warning, token: byId.get(warning.mail)?.token ?? '' }))
  return { mails, queued }
}

function goneOf(key: string, picture: Picture, truth: Truth): Gone {
  const hash = truth.people.get(key)?.tombstone ?? ''
  const entryId = picture.tombstones.get(hash) ?? null
  const leaf = entryId === null ? undefined : picture.entries.get(entryId)?.leaf
  return { key, entryId, entry: leaf === undefined ? null : erasureOf(leaf) }
}

/** Null: the text is not the entry of an erased person. */
export function erasureOf(leaf: string): ErasureEntry | null {
  if (!leaf.includes('"kind":"subject.erased"')) return null
  const entry = JSON.parse(leaf) as {
    readonly run: string
    readonly as_of: string
    readonly policy: { readonly terms: string }
  }
  return { run: entry.run, asOf: Date.parse(entry.as_of), terms: entry.policy.terms }
}

export function remember(memory: Memory, picture: Picture, truth: Truth, change: Change): void {
  if (memory.picture?.mails !== picture.mails) {
    memory.mails.clear()
    for (const mail of picture.mails) memory.mails.set(mail.id, mail)
  }
  for (const { id, leaf } of change.entries) memory.entries.set(id, leaf)
  for (const told of change.queued) memory.told.set(told.mail, told)
  for (const { key } of change.gone) memory.erased.add(key)
  memory.picture = picture
  memory.checkpoints = picture.checkpoints.length
  memory.sends = truth.sends.length
  memory.reports = truth.reports.length
  memory.enforced = truth.enforced.length
  memory.sealings = truth.sealings.length
}
