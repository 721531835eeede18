/**
 * What must always hold (design, section 2), looked at after every step. Nothing here asks the code that it
 * watches: days are counted in hours and a tolerance, and truth is what the world itself wrote down.
 */
import { changeOf, emptyMemory, remember, type Change, type Memory } from './change.ts'
import * as erasure from './erasure-invariants.ts'
import * as evidence from './evidence-invariants.ts'
import * as mail from './mail-invariants.ts'
import type { Picture } from './picture.ts'
import * as runs from './run-invariants.ts'
import type { Truth } from './truth.ts'

export interface Seen {
  readonly change: Change
  readonly memory: Memory
  readonly picture: Picture
  readonly truth: Truth
}

/** Null: it holds. Otherwise what was seen. */
type Check = (seen: Seen) => string | null

export const invariants = {
  'no active person is erased': erasure.nobodyActive,
  'warned before erased': erasure.everybodyWarned,
  'a hold, a restriction and an exception win': erasure.nobodyKept,
  'in doubt keep': erasure.nobodyInDoubt,
  'whole persons or nothing': erasure.wholePersons,
  'nothing is kept of who is gone': erasure.noTraces,
  'erased stays erased': erasure.nobodyComesBack,
  'evidence with the erasure': evidence.evidence,
  'the cursor with the erasure': evidence.cursorMoves,
  'entries are never changed': evidence.entriesStay,
  'sealed once, nothing left out': evidence.sealedOnce,
  'checkpoints hold': evidence.checkpointsHold,
  'no mail names a past or an earlier day': mail.namedDays,
  'mails are not stacked': mail.notStacked,
  'nobody is warned who came back': mail.nobodyMailedWhoReturned,
  'all attempts are the same bytes': mail.sameBytes,
  'a mail ends once, as the relay said': mail.endings,
  'our fault is not theirs': mail.ourFaultIsNotTheirs,
  'only the holder of the lease writes': runs.fenced,
  'new terms only observe': runs.lawfulTerms,
  'the clock goes on': runs.clockGoesOn,
  'a slice is kept': runs.sliceKept,
  'an alarm stops the run': runs.alarmHolds,
  'a canary stops the run': runs.canaryStops,
  'a report is true, a slice is no alarm': runs.reportsTrue,
  'a lost commit is read back': runs.lostCommitsResolved,
} as const satisfies Readonly<Record<string, Check>>

export type Invariant = keyof typeof invariants

export interface Violation {
  readonly invariant: string
  readonly found: string
}

export interface Watch {
  /** Compares with the last look. */
  readonly look: (picture: Picture) => Violation | null
}

const checks = Object.entries(invariants) as readonly (readonly [Invariant, Check])[]

export function watchOver(truth: Truth): Watch {
  const memory = emptyMemory()
  return {
    look: (picture) => {
      const change = changeOf(memory, picture, truth)
      const seen = { change, memory, picture, truth }
      for (const [invariant, check] of checks) {
        const found = check(seen)
        if (found !== null) return { invariant, found }
      }
      remember(memory, picture, truth, change)
      return null
    },
  }
}
