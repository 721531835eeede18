/** What the evidence owes: one entry and one tombstone for each person who is gone, sealed once and for ever. */
import { growingTree, leafHash } from '../../audit/merkle.ts'
import { erasureOf } from './change.ts'
import type { Seen } from './invariants.ts'

/** Every address that a story knows has one of these in it, whoever it belongs to. */
const personal = /@|not an address/

export function nothingPersonal({ change, truth }: Seen): string | null {
  const leaf = change.entries.find((entry) => personal.test(entry.leaf))
  if (leaf !== undefined) return `entry ${leaf.id} holds an address`
  if (change.reports.some((report) => personal.test(JSON.stringify(report))))
    return 'a report holds an address'
  // Read when a run has ended: that is when it has said what it had to say.
  const logged = change.reports.length > 0 && truth.logged.some((line) => personal.test(line))
  return logged ? 'the log holds an address' : null
}

export function evidence({ change, memory }: Seen): string | null {
  for (const gone of change.gone) {
    if (gone.entryId === null) return `${gone.key}: gone, and no tombstone recognises the person`
    if (gone.entry === null) return `${gone.key}: gone, and the tombstone leads to no entry`
    if (memory.entries.has(gone.entryId)) return `${gone.key}: the entry was there before the person went`
  }
  const erasures = change.entries.filter(({ leaf }) => erasureOf(leaf) !== null).length
  return erasures === change.gone.length
    ? null
    : `${erasures} entries of erasure were committed with ${change.gone.length} erasures`
}

export function cursorMoves({ change, memory, picture }: Seen): string | null {
  for (const { key, entry } of change.gone) {
    if (entry === null) continue
    const before = memory.picture?.cursors.get(entry.run) ?? 0
    if ((picture.cursors.get(entry.run) ?? 0) <= before) return `${key}: gone, and the cursor stood still`
  }
  return null
}

export function entriesStay({ memory, picture }: Seen): string | null {
  if (memory.picture?.entriesVersion === picture.entriesVersion) return null
  for (const [id, leaf] of memory.entries)
    if (picture.entries.get(id)?.leaf !== leaf) return 'an entry is gone or was changed'
  return null
}

export function sealedOnce({ picture, memory, truth }: Seen): string | null {
  const { seals } = picture
  if (seals !== memory.picture?.seals) {
    if (seals.includes(undefined)) return 'a leaf is missing between two others'
    if (new Set(seals).size !== seals.length) return 'an entry has two places'
    if (seals.length < (memory.picture?.seals.length ?? 0)) return 'a sealed entry lost its place'
    if (seals.some((id) => !picture.entries.has(id ?? ''))) return 'a place belongs to no entry'
  }
  if (truth.sealings.length === memory.sealings) return null
  const sealed = new Set(seals)
  for (const { before } of truth.sealings.slice(memory.sealings)) {
    const left = before.filter((id) => !sealed.has(id)).length
    if (left > 0) return `${left} entries were committed before the sealing began, and have no place`
  }
  return null
}

export function checkpointsHold({ picture, memory }: Seen): string | null {
  const fresh = picture.checkpoints.slice(memory.checkpoints)
  for (const { size, root } of fresh) {
    if (size > picture.seals.length) return 'a checkpoint is over more entries than are sealed'
    const tree = growingTree()
    for (const id of picture.seals.slice(0, size))
      tree.add(leafHash(picture.entries.get(id ?? '')?.leaf ?? ''))
    if (Buffer.from(tree.root()).toString('base64') !== root) return 'a checkpoint signs other entries'
  }
  return null
}
