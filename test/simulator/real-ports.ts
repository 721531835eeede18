/** The real ports of the engine, with one of them bent by a defect. */
import type { Database } from '../../db/session.ts'
import type { EnginePorts } from '../../engine/ports.ts'
import type { WarningFact } from '../../plan/facts.ts'
import type { Defect } from './defects.ts'

export interface Around {
  readonly database: Database
  readonly point: (point: string) => Promise<void>
  readonly defect: Defect | null
}

export function portsOf(real: EnginePorts, { database, point, defect }: Around): EnginePorts {
  return {
    ...real,
    database,
    point,
    sleep: () => Promise.resolve(),
    warningsOf: async (session, kind, keyTexts) => {
      const found = await real.warningsOf(session, kind, keyTexts)
      return new Map([...found].map(([key, warnings]) => [key, bent(defect, warnings)]))
    },
    forget: defect === 'traces kept' ? () => Promise.resolve() : real.forget,
  }
}

/** State of a warning that a defect takes for an acceptance. */
const takenAsAccepted: Readonly<Partial<Record<Defect, WarningFact['state']>>> = {
  'warned at enqueue': 'open',
  'given up taken as accepted': 'abandoned',
  'late bounce ignored': 'bounced',
}

function bent(defect: Defect | null, warnings: readonly WarningFact[]): readonly WarningFact[] {
  const state = defect === null ? undefined : takenAsAccepted[defect]
  return warnings.map((one) =>
    one.state === state ? { ...one, state: 'accepted', acceptedAt: one.queuedAt } : one,
  )
}
