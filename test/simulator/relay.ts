/** The relay and the mail servers behind it: what they answer to one mail, and what they really did with it. */
import type { Outbox } from './tables.ts'
import type { World } from './world.ts'
import type { Send } from './truth.ts'

/** What the relay needs to know of the world. */
export type Around = Pick<World, 'truth' | 'relay' | 'random'>

export function answerTo(
  around: Around,
  mail: { readonly address: string; readonly token: string; readonly message: string },
  delivery: string,
): Send['answer'] {
  const answer = decide(around, mail.address)
  around.truth.sends.push({
    ...mail,
    at: around.truth.now,
    delivery,
    answer,
    systemic: around.relay === 'refuses everybody',
  })
  return answer
}

/** The same for a mail of the model, whose bytes a defect may write anew. */
export function answerOf(
  world: World,
  { address, token, message, attempts }: Pick<Outbox, 'address' | 'message' | 'token' | 'attempts'>,
  delivery: string,
): Send['answer'] {
  const again = world.defect === 'mail written again on retry' ? ` try ${attempts}` : ''
  return answerTo(world, { address: address ?? '', token, message: `${message ?? ''}${again}` }, delivery)
}

function decide({ relay, random, truth }: Around, address: string): Send['answer'] {
  switch (relay) {
    case 'refuses everybody':
      return 'rejected'
    case 'is away':
      return 'deferred'
    case 'loses answers':
      return random.chance(0.6) ? 'lost' : 'accepted'
    case 'works': {
      const person = [...truth.people.values()].find((one) => one.address === address)
      if (person?.refused === true) return 'rejected'
      return random.chance(0.08) ? 'deferred' : 'accepted'
    }
  }
}
