/** How each member of the cast stands at the moment of seeding, in the order of `cast.ts`. */
import type { Instant } from '../../base/clock.ts'
import type { CastName } from './cast.ts'
import { cast, castNames } from './cast.ts'
import type { Standing } from './customer.ts'
import { day, hour, monthsBefore } from './time-text.ts'

export function castStanding(now: Instant): readonly Standing[] {
  const silent = (months: number, since = 20): Standing => ({
    createdAt: monthsBefore(now, months + since),
    lastLogin: monthsBefore(now, months),
  })
  const all: Readonly<Record<CastName, Standing>> = {
    ada: { createdAt: monthsBefore(now, 30), lastLogin: now - 2 * day },
    bram: silent(35),
    chloe: silent(37, 24),
    dov: silent(48),
    emi: { ...silent(38), referredBy: cast.chloe.id },
    farid: silent(40),
    gil: { ...silent(14), terminatedAt: monthsBefore(now, 14) },
    hana: { ...silent(2), deletionRequestedAt: now - 8 * day },
    ines: { createdAt: monthsBefore(now, 60), lastLogin: null },
    jan: { ...silent(60), role: 'admin' },
    canary: { createdAt: monthsBefore(now, 50), lastLogin: now - hour, role: 'canary' },
    kira: {
      createdAt: monthsBefore(now, 44),
      lastLogin: now + 400 * day,
      activeUntil: monthsBefore(now, 40),
    },
    lou: silent(40),
    mona: silent(39),
    noa: {
      createdAt: monthsBefore(now, 58),
      lastLogin: Date.UTC(1999, 0, 1),
      activeUntil: monthsBefore(now, 45),
    },
    omar: { ...silent(48), onlySeenBy: { table: 'device_logins', at: now - 6 * day } },
    pia: { ...silent(38), restrictedAt: monthsBefore(now, 39) },
  }
  return castNames.map((name) => all[name])
}
