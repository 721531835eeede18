/** Zones whose clocks did something odd, and instants near the moments when they did. */
import fc from 'fast-check'

export const zones = [
  'UTC',
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Goose_Bay',
  'Canada/Newfoundland',
  'Antarctica/Casey',
  'America/Sao_Paulo',
  'America/Havana',
  'America/Martinique',
  'Indian/Reunion',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Africa/Monrovia',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Pacific/Chatham',
  'Europe/Dublin',
  '+05:45',
] as const

/** Asked from `Intl` directly, so that a test does not lean on what it tests. */
export function shownLocally(at: number, zone: string): number {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) {
    return at + (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000
  }
  const parts = new Map(
    formatter(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  const whole = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return whole + (((at % 1000) + 1000) % 1000)
}

const made = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string): Intl.DateTimeFormat {
  const known = made.get(zone)
  if (known !== undefined) return known
  const fresh = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  made.set(zone, fresh)
  return fresh
}

const transitions = new Map<string, readonly number[]>()

/** Instants at which the zone's offset changed between 1988 and 2030, found by walking. */
export function transitionsOf(zone: string): readonly number[] {
  const known = transitions.get(zone)
  if (known !== undefined) return known
  const found: number[] = []
  const step = 48 * 3_600_000
  for (let at = Date.UTC(1988, 0, 1); at < Date.UTC(2031, 0, 1); at += step) {
    if (shownLocally(at + step, zone) - shownLocally(at, zone) === step) continue
    let [low, high] = [at, at + step]
    const offset = shownLocally(high, zone) - high
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000
      if (shownLocally(middle, zone) - middle === offset) high = middle
      else low = middle
    }
    found.push(high)
  }
  transitions.set(zone, found)
  return found
}

/** A zone and an instant in it: anywhere, close to a transition, or at a day that arithmetic trips over. */
export function zonedInstant(): fc.Arbitrary<{ zone: string; at: number }> {
  return fc.constantFrom(...zones).chain((zone) => {
    const anywhere = fc.integer({ min: Date.UTC(1988, 0, 1), max: Date.UTC(2030, 0, 1) })
    const nearTrouble = fc
      .tuple(
        fc.constantFrom(
          Date.UTC(2024, 1, 29),
          Date.UTC(2023, 0, 31),
          Date.UTC(2023, 11, 31),
          Date.UTC(2011, 11, 30),
        ),
        fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
      )
      .map(([day, shift]) => day + shift)
    const moments = transitionsOf(zone)
    const nearTransition =
      moments.length === 0
        ? anywhere
        : fc
            .tuple(
              fc.constantFrom(...moments),
              fc.integer({ min: -26 * 3600, max: 26 * 3600 }),
              fc.integer({ min: -2, max: 2 }),
            )
            .map(([moment, seconds, millis]) => moment + seconds * 1000 + millis)
    const exactly =
      moments.length === 0
        ? anywhere
        : fc.tuple(fc.constantFrom(...moments), fc.integer({ min: -2, max: 2 })).map(([a, b]) => a + b)
    return fc.oneof(anywhere, nearTrouble, nearTransition, exactly).map((at) => ({ zone, at }))
  })
}
