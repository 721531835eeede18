/** The relay and the mail servers behind it: what they answer to one mail, and what they really did with it. */
import type { Outbox } from './tables.ts'
import { readAddress, type World } from './world.ts'
import type { Send } from './truth.ts'

export function answerOf(
  world: World,
  mail: Pick<Outbox, 'address' | 'message' | 'token' | 'attempts'>,
  delivery: string,
): Send['answer'] {
  const answer = decide(world, mail)
  const again = world.defect === 'mail written again on retry' ? ` try ${mail.attempts}` : ''
  world.truth.sends.push({
    token: mail.token,
    at: world.truth.now,
    delivery,
    answer,
    address: mail.address ?? '',
    systemic: world.relay === 'refuses everybody',
    message: `${mail.message ?? ''}${again}`,
  })
  return answer
}

function decide(world: World, mail: Pick<Outbox, 'address'>): Send['answer'] {
  switch (world.relay) {
    case 'refuses everybody':
      return 'rejected'
    case 'is away':
      return 'deferred'
    case 'loses answers':
      return world.random.chance(0.6) ? 'lost' : 'accepted'
    case 'works': {
      const hash = readAddress(mail.address).hash
      const person = [...world.truth.people.values()].find((one) => one.addressHash === hash)
      if (person?.refused === true) return 'rejected'
      return world.random.chance(0.08) ? 'deferred' : 'accepted'
    }
  }
}
