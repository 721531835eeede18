/** The shortest story that still goes wrong in the same way: lines of the script are struck while it does. */
import type { Defect } from './defects.ts'
import type { Violation } from './invariants.ts'
import type { Happening, Script } from './script.ts'
import { play } from './story.ts'

/** Stories that are played to find it. */
const mostTries = 400

export interface Shortest {
  readonly script: Script
  readonly violation: Violation
  readonly trace: readonly string[]
}

export function shortest(script: Script, defect: Defect | null, violation: Violation): Shortest {
  let kept = script.happenings
  let tries = 0
  const fails = (happenings: readonly Happening[]): boolean => {
    tries += 1
    return play({ ...script, happenings }, defect)?.invariant === violation.invariant
  }
  for (let size = kept.length >> 1; size >= 1 && tries < mostTries; size >>= 1)
    for (let from = 0; from < kept.length && tries < mostTries;) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (fails(fewer)) kept = fewer
      else from += size
    }
  const trace: string[] = []
  const short = { ...script, happenings: kept }
  const found = play(short, defect, (line) => trace.push(line))
  return { script: short, violation: found ?? violation, trace }
}

/** What a person needs who has to find out: the seed, how to play it again, and every step. */
export function told({ script, violation, trace }: Shortest): string {
  return [
    `seed ${script.seed}: ${violation.invariant}`,
    `  ${violation.found}`,
    `  play it again: npm run simulate -- ${script.seed} ${script.seed + 1}, or OUBLI_SEED=${script.seed} npm test`,
    '  the shortest story that ends like this:',
    ...trace.map((line) => `    ${line}`),
  ].join('\n')
}
