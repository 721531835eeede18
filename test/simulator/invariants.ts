/**
 * What must always hold (design, section 2), looked at after every step. Nothing here asks the code that it
 * watches: days are counted in hours and a tolerance, and truth is what the world itself wrote down.
 *
 * What a story of one policy over two tables cannot show, and who holds it instead (paths below `test/`):
 *  4. a fingerprint that covers map, templates and schema: `plan/fingerprint`, `plan/compare-terms`; that nothing
 *     outside the plan's tables changes: `scenarios/scenarios`. Here: a run takes nobody whom its plan did not find.
 *  7. a minimum of another policy before a request, and that before a maximum: `plan/judge`, `policies/packs`,
 *     `scenarios/scenarios`. Here: holds, restrictions, exceptions and an open order against a maximum.
 *  8. every personal column and key is ruled: `plan/coverage`, `plan/cascade`; no story adds a column.
 *  9. civil days: `plan/civil`, `plan/deadline`. Here they have a tolerance of an hour; only the gap is looked at.
 * 10. crashes, metrics, plan files, temporary files: `scenarios/leaks`, `engine/leaks`, `cli/failures-leak`. Here:
 *     entries and reports, and with the real program its log.
 * 11. a starved clock is found before anything runs: `policies/rules`, `policies/rule-exceptions`.
 * 12. what a statement reads only a real server tells: `db/site/candidate-pages`, `plan/compile`,
 *     `jobs/index-advice`, `engine/flat-parts`; at ten million rows `npm run bench`.
 * 13. a restored backup is no step of a story: `replay/replay`. Here: who is erased never comes back by itself.
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
  'a hold, a restriction, an exception and an open order win': erasure.nobodyKept,
  'in doubt keep': erasure.nobodyInDoubt,
  'whole persons or nothing': erasure.wholePersons,
  'nothing is kept of who is gone': erasure.noTraces,
  'erased stays erased': erasure.nobodyComesBack,
  'evidence with the erasure': evidence.evidence,
  'the cursor with the erasure': evidence.cursorMoves,
  'nothing personal in the evidence': evidence.nothingPersonal,
  'entries are never changed': evidence.entriesStay,
  'sealed once, nothing left out': evidence.sealedOnce,
  'checkpoints hold': evidence.checkpointsHold,
  'no mail names a past or an earlier day': mail.namedDays,
  'mails are not stacked': mail.notStacked,
  'mails that are given up end': mail.givenUpEnds,
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
  'a run does what its plan found': runs.asPlanned,
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
