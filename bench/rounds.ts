/** Paired rounds: in each, every contender works once on the same table, in random order, each from a server at rest. */
import { measure, observe, type Measured } from './observe.ts'
import type { Running } from './running.ts'
import type { BenchServer } from './server.ts'

export interface Contender {
  readonly name: string
  readonly start: () => Running
  /** Null: it works until nothing is left. */
  readonly seconds: number | null
}

/** The table on which they work. */
export interface Stage {
  /** Puts back what is gone, when less is left than the contender may want. */
  readonly ready: (contender: Contender) => Promise<void>
  /** Rows or people that are due. */
  readonly left: () => Promise<number>
}

export interface Bench {
  readonly server: BenchServer
  readonly quick: boolean
  readonly rounds: number
  /** Seconds that a contender may write. */
  readonly window: number
  /** By `performance.now()`: no round begins that would end later. */
  readonly deadline: number
  readonly say: (line: string) => void
  /** In [0, 1). */
  readonly random: () => number
  /** For the files of installations. */
  readonly folder: string
}

export type Round<T = Measured> = ReadonlyMap<string, T>

/** At least one round; fewer than asked when the time is over. */
export async function pairedRounds(
  bench: Bench,
  stage: Stage,
  contenders: readonly Contender[],
): Promise<readonly Round[]> {
  return await timedRounds(bench, async (round) => {
    const found = new Map<string, Measured>()
    for (const contender of shuffled(contenders, bench.random)) {
      await stage.ready(contender)
      const measured = await runOne(bench, stage, contender)
      found.set(contender.name, measured)
      bench.say(`round ${round}  ${contender.name}: ${Math.round(measured.rate)}/s`)
    }
    return found
  })
}

export async function timedRounds<T>(
  bench: Bench,
  work: (round: number) => Promise<T>,
): Promise<readonly T[]> {
  const found: T[] = []
  let longest = 0
  const timeLeft = (): boolean => found.length === 0 || performance.now() + longest < bench.deadline
  while (found.length < bench.rounds && timeLeft()) {
    const from = performance.now()
    found.push(await work(found.length + 1))
    longest = Math.max(longest, performance.now() - from)
  }
  if (found.length < bench.rounds) bench.say(`${found.length} of ${bench.rounds} rounds: the time is over`)
  return found
}

export async function runOne(bench: Bench, stage: Stage, contender: Contender): Promise<Measured> {
  await bench.server.drain()
  const due = await stage.left()
  const observed = await observe(bench.server, contender.start, contender.seconds)
  const left = await stage.left()
  if (left >= due) throw new Error(`${contender.name} did nothing: ${due} were due before and ${left} after`)
  return measure(observed, due, due - left)
}

export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
