/** Everything that lint asks beyond the grammar. Each rule is one idea in `rules/`; this is their list. */
import type { DataMap } from './data-map.ts'
import type { Policy } from './policy.ts'
import type { PlaceOf, Problem } from './problem.ts'
import {
  anonymisingChangesSomething,
  keptColumnsHaveAReason,
  noIdentifierRemains,
} from './rules/anonymity.ts'
import { archivesAreDeclared, archivesComeToAnEnd, archivesLieApart } from './rules/archives.ts'
import {
  archiveKeepsItsClock,
  everyoneHasAStart,
  fixedDatesAreElse,
  hoursAreNotRounded,
  siteMovesNoClock,
  waiversHaveAReason,
} from './rules/clocks.ts'
import { departuresHangBelow, nothingIsLeftBehind, stayingHasAReason } from './rules/departures.ts'
import { fieldsHaveAStrategy, withdrawingHasColumns } from './rules/equipment.ts'
import { everyKindIsRuled } from './rules/gaps.ts'
import { peopleAreToldApart } from './rules/identity.ts'
import type { LintContext, Rule } from './rules/lint-context.ts'
import { discreetMailsHaveAName, discreetNamesTellNothing, lastMailsHaveAnEnd } from './rules/mails.ts'
import { dutiesToKeepSurvive } from './rules/minimum.ts'
import { noTwoPoliciesOnOneRow } from './rules/overlap.ts'
import { packDemandsHold } from './rules/pack-demands.ts'
import { packLimitsHold } from './rules/pack-limits.ts'
import { partitionsAreWhole } from './rules/partitions.ts'
import { phasesMeet } from './rules/phases.ts'
import {
  enforcedIsApproved,
  enforcedIsFinished,
  reasonsAreGiven,
  reviewFollowsApproval,
} from './rules/reasons.ts'
import { receiptsEndSoon, receiptsHaveAPerson } from './rules/receipts.ts'
import { noClockIsStarved } from './rules/starvation.ts'
import { nothingIsLeftTodo, placeholdersAreReplaced } from './rules/todos.ts'
import {
  accountsAreWarned,
  bouncesComeWithinNotice,
  ladderDescends,
  ladderFitsTerm,
  noticeFitsFirstStep,
  oneRefusalProvesNothing,
  typingErrorsHaveTime,
  warningAtTheTermCosts,
  warningsCanBeAnswered,
  warningsHaveWords,
  warningsReachSomeone,
} from './rules/warnings.ts'

const rules: readonly Rule[] = [
  reasonsAreGiven,
  enforcedIsApproved,
  enforcedIsFinished,
  nothingIsLeftTodo,
  placeholdersAreReplaced,
  reviewFollowsApproval,
  siteMovesNoClock,
  everyoneHasAStart,
  fixedDatesAreElse,
  hoursAreNotRounded,
  archiveKeepsItsClock,
  waiversHaveAReason,
  noClockIsStarved,
  noTwoPoliciesOnOneRow,
  phasesMeet,
  dutiesToKeepSurvive,
  departuresHangBelow,
  stayingHasAReason,
  nothingIsLeftBehind,
  anonymisingChangesSomething,
  noIdentifierRemains,
  keptColumnsHaveAReason,
  archivesAreDeclared,
  archivesComeToAnEnd,
  archivesLieApart,
  withdrawingHasColumns,
  fieldsHaveAStrategy,
  receiptsHaveAPerson,
  receiptsEndSoon,
  partitionsAreWhole,
  accountsAreWarned,
  warningsReachSomeone,
  warningsHaveWords,
  warningsCanBeAnswered,
  ladderDescends,
  noticeFitsFirstStep,
  bouncesComeWithinNotice,
  ladderFitsTerm,
  oneRefusalProvesNothing,
  typingErrorsHaveTime,
  warningAtTheTermCosts,
  discreetMailsHaveAName,
  discreetNamesTellNothing,
  lastMailsHaveAnEnd,
  packLimitsHold,
  packDemandsHold,
  everyKindIsRuled,
  peopleAreToldApart,
]

/**
 * All problems of all policies and of the data map, in the order of the rules; the caller sorts by place.
 * `mapFile` is the path of the data map as it stands in messages.
 */
export function checkRules(
  policies: readonly Policy[],
  map: DataMap,
  placeOf: PlaceOf,
  mapFile: string,
  { todos = [], saysWhoMoves = () => true }: Partial<Pick<LintContext, 'todos' | 'saysWhoMoves'>> = {},
): readonly Problem[] {
  const lint: LintContext = {
    policies,
    map,
    todos,
    saysWhoMoves,
    at: (policy, ...path) => placeOf(policy.file, path),
    atMap: (...path) => placeOf(mapFile, path),
  }
  return rules.flatMap((rule) => rule(lint))
}
