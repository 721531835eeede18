/** A few threads that answer questions, as many as there are processors. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Answer, Question } from './worker.ts'

const mostThreads = 4

/** The answers in the order of the questions. An error of a thread is thrown here. */
export async function askAll(questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const waiting = [...questions.entries()]
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url))
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [i, question] = next
        worker.postMessage(question)
        const [answer] = (await once(worker, 'message')) as [Answer]
        answers[i] = answer
      }
    } finally {
      await worker.terminate()
    }
  }
  const threads = Math.min(mostThreads, availableParallelism(), questions.length)
  await Promise.all(Array.from({ length: threads }, work))
  return answers
}
