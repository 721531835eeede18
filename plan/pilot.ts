/** Pilots: a policy begins with ten, and each larger number needs the one before to be clean. */
export const pilotSizes = [10, 100, 1000] as const
export type PilotSize = (typeof pilotSizes)[number]

/** What a pilot run left on record. */
export interface PastPilot {
  readonly size: number
  /** The run came to its end: nothing was set aside, refused or interrupted. */
  readonly ended: boolean
  readonly done: number
  /** Due and not done when it ended, as far as it knew. */
  readonly rest: number
  /** Asked after again, and still there; null: the database was not asked. */
  readonly asked: number | null
  readonly left: number | null
}

export type PilotFault =
  'none' | 'not ended' | 'nothing done' | 'fewer done' | 'not checked' | 'something left'

/** The size that must be clean before this one; null: it is the first. */
export function sizeBefore(size: PilotSize): PilotSize | null {
  return pilotSizes[pilotSizes.indexOf(size) - 1] ?? null
}

/** The next larger one; null: the next is a whole run. */
export function sizeAfter(size: number): PilotSize | null {
  return pilotSizes.find((one) => one > size) ?? null
}

/** Null: it is clean, and did its number or all that was due. `pilot`: null where there was none. */
export function pilotFault(pilot: PastPilot | null): PilotFault | null {
  if (pilot === null) return 'none'
  if ((pilot.left ?? 0) > 0) return 'something left'
  if (!pilot.ended) return 'not ended'
  if (pilot.done === 0) return 'nothing done'
  if (pilot.done < pilot.size && pilot.rest > 0) return 'fewer done'
  return pilot.asked === null || pilot.asked === 0 ? 'not checked' : null
}
