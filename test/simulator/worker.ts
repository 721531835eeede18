/** Plays stories on another processor: nothing is shared but a question and its answer. */
import { parentPort } from 'node:worker_threads'
import { catchDefect, type Caught } from './caught.ts'
import type { Defect } from './defects.ts'
import { scriptOf } from './script.ts'
import { play } from './story.ts'

/** `sound`: the first story of these seeds that goes wrong. `defect`: how soon it is caught. */
export type Question =
  | { readonly ask: 'sound'; readonly from: number; readonly to: number }
  | { readonly ask: 'defect'; readonly defect: Defect; readonly most: number }

export interface Answer {
  /** Seed of the first story that went wrong; null: none did. */
  readonly wrong: number | null
  readonly caught: Caught | null
}

function answer(question: Question): Answer {
  if (question.ask === 'defect') return { wrong: null, caught: catchDefect(question.defect, question.most) }
  for (let seed = question.from; seed < question.to; seed += 1)
    if (play(scriptOf(seed), null) !== null) return { wrong: seed, caught: null }
  return { wrong: null, caught: null }
}

parentPort?.on('message', (question: Question) => {
  parentPort?.postMessage(answer(question))
})
