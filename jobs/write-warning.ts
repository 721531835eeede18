/** Renders one warning into the bytes that are queued. */
import { isoInstant, type Instant } from '../base/clock.ts'
import { keyText } from '../base/subject-ref.ts'
import { newEntryId } from '../audit/entry.ts'
import { composeMail } from '../mail/compose.ts'
import type { QueuedWarning } from '../mail/warnings.ts'
import type { CompiledPolicy } from '../plan/compiled.ts'
import type { Decision } from '../plan/decision.ts'
import type { Facts } from '../plan/facts.ts'
import { decodeTime } from '../plan/clock-value.ts'
import { warningContext } from '../templates/context.ts'
import { renderMail } from '../templates/render.ts'
import type { JobContext } from './context.ts'
import type { Prepared } from './prepare.ts'
import { warningWords } from './warning-words.ts'

/** Retries of one mail end this many days after it was queued; the announced day leaves room for them. */
export const retryDays = 5
