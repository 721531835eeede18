/** Every sentence that ends a run, and what the report makes of it in both languages. */
import { expect } from 'chai'
import { tooManyUntold, tooManyWait } from '../../jobs/backlog.ts'
import { conclude } from '../../jobs/conclude.ts'
import type { JobContext } from '../../jobs/context.ts'
import type { Prepared } from '../../jobs/prepare.ts'
import type { RunPolicyReport } from '../../jobs/run.ts'
import { timeUp } from '../../jobs/run-time.ts'
import { withoutSeal } from '../../jobs/seal-and-tell.ts'
import { OubliError } from '../../base/errors.ts'
import { stopText } from '../../report/stops.ts'
import { voiceOf } from '../../report/voice.ts'
import { policy as aPolicy } from '../plan/site-builder.ts'

interface Outcome {
  readonly stopped?: string
  readonly done?: number
  readonly left?: number
  readonly setAside?: number
  readonly oftenBusy?: number
  readonly asked?: boolean
}

interface One {
  readonly mode?: 'observed' | 'enforced' | 'refused'
  readonly due?: number
  readonly newly?: number
  readonly held?: 'warm-up' | 'hard bounces' | 'deferrals'
  readonly outcome?: Outcome
  /** The policy warns, and this run was to act by it. */
  readonly warns?: boolean
}

interface End {
  readonly policies?: readonly One[]
  readonly signal?: string
  readonly delivery?: string
  readonly refusing?: boolean
  readonly pilot?: number
  readonly unsealed?: 'not sealed' | 'not told'
  /** The code for which nothing that came back could be read. */
  readonly unread?: string
  /** Files that stay in the folder of what came back. */
  readonly lying?: number
  /** Of them: nobody read what is in them. */
  readonly unreadThere?: number
  readonly en: string
  readonly fr: string
}

const now = Date.parse('2026-06-01T10:00:00Z')

function reportOf({ mode = 'enforced', due = 20, newly = 0, held, outcome, warns }: One): RunPolicyReport {
  const again = outcome?.asked === false ? null : { asked: 9, left: { users: outcome?.left ?? 0 } }
  const found = {
    planned: {
      policy: {
        policy: aPolicy('account', {
          id: 'accounts',
          perRun: { items: 10, mails: 10 },
          warn: warns === true ? ({} as never) : null,
        }),
      },
      survey: { due, toWarn: held === undefined ? 0 : 20 },
      standing: { mode },
      alarms: [],
      ...{ newly, newlyBefore: [] },
    },
    warned: held === undefined ? null : { queued: 0, held },
    outcome:
      outcome === undefined
        ? null
        : {
            ...{ stopped: outcome.stopped ?? 'done', done: outcome.done ?? 20, again, busy: 0 },
            setAside: outcome.setAside ?? 0,
            oftenBusy: Array.from({ length: outcome.oftenBusy ?? 0 }, () => ({ ref: 'r', runs: 3 })),
          },
    left: 0,
    turn: warns === true ? { had: false, heldUp: 'fault' } : null,
  }
  return found as unknown as RunPolicyReport
}

function whyOf({
  policies = [{ outcome: {} }],
  signal,
  delivery,
  refusing,
  pilot,
  unsealed,
  unread,
  lying,
  unreadThere,
}: End): string {
  const ctx = {
    stop: () => signal ?? null,
    settings: {
      schedule: { zone: 'Europe/Paris', purge: '30 4 * * *' },
      mail: { warmUp: { pauseAbove: { hardBouncesPercent: 2, deferralsPercent: 5 } } },
    },
  } as unknown as JobContext
  const prepared = {
    plan: { fingerprint: 'f' },
    problems: refusing === true ? [{ refuses: true, policy: null }] : [],
  } as unknown as Prepared
  const pace = { throttledSeconds: 0, pausedSeconds: 0, restedSeconds: 0, missing: [] }
  const end = conclude(
    ctx,
    prepared,
    {
      ...{ run: 'r', asOf: now, pace, pilot: pilot ?? null, untaken: null },
      bounces:
        unread === undefined
          ? ({ left: lying ?? 0, unread: unreadThere ?? 0, unreadable: 0 } as never)
          : { failed: unread },
      delivery: delivery === undefined ? null : ({ stopped: delivery } as never),
      policies: policies.map(reportOf),
    },
    null,
  )
  const full = new OubliError('settings', 'E_FILE_UNWRITABLE', 'm', 'r')
  if (unsealed === undefined) return end.whyStopped
  return withoutSeal(end, { error: full, sealed: unsealed === 'not told' }).whyStopped
}

const slice = { stopped: 'slice', done: 10 }

const ends: Readonly<Record<string, End>> = {
  'all that was due is done': {
    en: 'all that was due is done',
    fr: 'tout ce qui était à traiter est fait',
  },
  'the slice is done, 12 left, done about 3 June 2026 (10 a run)': {
    policies: [{ due: 22, outcome: slice }],
    en: 'a slice is done, 12 left, done about 3 June 2026',
    fr: 'une tranche est faite, il en reste 12, fin prévue vers le 3 juin 2026',
  },
  'the slice is done, 12 left, and as much becomes due as a run takes': {
    policies: [{ due: 22, newly: 90, outcome: slice }],
    en: 'a slice is done, 12 left, as much becomes due as a run takes',
    fr: 'une tranche est faite, il en reste 12, il en échoit autant qu’une exécution en prend',
  },
  'the slice is done, 20 left, first mails wait for the warm-up; `oubli plan` shows until when': {
    policies: [{ due: 0, held: 'warm-up', outcome: {} }],
    en: 'a slice is done, 20 left, first mails wait for the warm-up',
    fr: 'une tranche est faite, il en reste 20, les premiers courriels attendent la montée en charge',
  },
  'the time of this run is used up, 12 left': {
    policies: [{ due: 12 }],
    signal: timeUp,
    en: 'the time of the run was used up, 12 left',
    fr: 'le temps de l’exécution était épuisé, il en reste 12',
  },
  'a pilot of 10, 10 done and nothing of them left, 12 still due': {
    policies: [{ due: 22, outcome: slice }],
    pilot: 10,
    en: 'a pilot of 10: 10 done, nothing of them left',
    fr: 'un essai sur 10 : 10 faites, rien n’en est resté',
  },
  'a pilot of 1,000, 10 done and not asked after, 1,990 still due': {
    policies: [{ due: 2000, outcome: { ...slice, asked: false } }],
    pilot: 1000,
    en: 'a pilot of 1,000: 10 done, the database was not asked after them',
    fr: 'un essai sur 1 000 : 10 faites, la base n’a pas été interrogée de nouveau',
  },
  'no policy of this run warns': {
    policies: [],
    en: 'no policy of this run warns anybody',
    fr: 'aucune règle de cette exécution n’avertit personne',
  },
  'observed only, nothing was changed': {
    policies: [{ mode: 'observed' }],
    en: 'only counted, nothing was changed',
    fr: 'comptage seulement, rien n’a été modifié',
  },
  [`refused by a safety stop: ${tooManyUntold}`]: {
    policies: [{ outcome: { stopped: tooManyUntold, done: 3 } }],
    en: 'held back for safety: too many people are not told to the ledger',
    fr: 'retenu par sécurité : trop de personnes ne sont pas inscrites au registre',
  },
  [`refused by a safety stop: ${tooManyWait}`]: {
    policies: [{ outcome: { stopped: tooManyWait, done: 3 } }],
    en: 'held back for safety: too many entries of the evidence wait to be sealed',
    fr: 'retenu par sécurité : trop d’entrées de la preuve attendent d’être scellées',
  },
  'refused by a safety stop: what came back cannot be read: E_FILE_UNREADABLE': {
    policies: [{ outcome: {} }, { warns: true }],
    unread: 'E_FILE_UNREADABLE',
    en: 'mails that came back could not be read, nobody was erased as warned (error E_FILE_UNREADABLE)',
    fr: 'les courriels revenus n’ont pas pu être lus, aucune personne prévenue n’a été supprimée (erreur E_FILE_UNREADABLE)',
  },
  '12 file(s) of what came back stay where they lie': {
    lying: 12,
    en: '12 files of what came back stay where they lie',
    fr: '12 fichiers de ce qui est revenu restent en place',
  },
  'refused by a safety stop: accounts, accounts': {
    policies: [{ mode: 'refused' }, { mode: 'refused' }],
    en: 'held back for safety: accounts, accounts',
    fr: 'retenu par sécurité : accounts, accounts',
  },
  'refused, the data map does not fit the database: 1 problem(s)': {
    refusing: true,
    en: 'the data map does not fit the database',
    fr: 'la carte des données ne correspond pas à la base',
  },
  'accounts: too many rows set aside': {
    policies: [{ outcome: { stopped: 'too many rows set aside', setAside: 21 } }],
    en: 'accounts: too many rows set aside',
    fr: 'accounts : trop de lignes mises de côté',
  },
  'accounts: not writable': {
    policies: [{ outcome: { stopped: 'not writable' } }],
    en: 'accounts: error, see the log',
    fr: 'accounts : erreur, voir le journal',
  },
  'relay refuses everything': {
    delivery: 'relay refuses everything',
    en: 'the relay refuses every mail',
    fr: 'le relais refuse tous les courriels',
  },
  'relay cannot be reached': {
    delivery: 'relay cannot be reached',
    en: 'the relay cannot be reached',
    fr: 'le relais est injoignable',
  },
  'too many refusals to be true, none was counted': {
    delivery: 'too many refusals to be true, none was counted',
    en: 'too many mails refused to be true, no refusal was counted',
    fr: 'trop de courriels refusés pour que ce soit vrai, aucun refus n’a été compté',
  },
  'the mail to our own mailbox was not taken, no refusal was counted': {
    delivery: 'the mail to our own mailbox was not taken, no refusal was counted',
    en: 'the mail to your own mailbox was not taken, no refusal was counted',
    fr: 'le courriel à votre propre boîte n’a pas été accepté, aucun refus n’a été compté',
  },
  'interrupted by SIGTERM': {
    signal: 'interrupted by SIGTERM',
    en: 'interrupted (SIGTERM)',
    fr: 'interrompue (SIGTERM)',
  },
  'stopped by oubli stop': {
    signal: 'stopped by oubli stop',
    en: 'stopped by “oubli stop”',
    fr: 'arrêtée par « oubli stop »',
  },
  '12 row(s) of what was done are still there': {
    policies: [{ outcome: { left: 12 } }],
    en: '12 rows of what was done were still there',
    fr: '12 lignes de ce qui a été fait étaient encore là',
  },
  '12 row(s) set aside': {
    policies: [{ outcome: { setAside: 12 } }],
    en: '12 rows set aside',
    fr: '12 lignes mises de côté',
  },
  '12 row(s) busy in three runs or more': {
    policies: [{ outcome: { oftenBusy: 12 } }],
    en: '12 rows locked by the site in three runs or more',
    fr: '12 lignes verrouillées par le site lors de trois exécutions ou plus',
  },
  'first mails pause: more than 2 % of the mails of seven days were refused or came back': {
    policies: [{ held: 'hard bounces', outcome: {} }],
    en: 'first mails pause: too many mails came back or were put off',
    fr: 'les premiers courriels sont suspendus : trop de courriels sont revenus ou différés',
  },
  'first mails pause: more than 5 % of the mails of seven days are put off': {
    policies: [{ held: 'deferrals', outcome: {} }],
    en: 'first mails pause: too many mails came back or were put off',
    fr: 'les premiers courriels sont suspendus : trop de courriels sont revenus ou différés',
  },
  'all that was due is done; the evidence waits to be sealed: E_FILE_UNWRITABLE': {
    unsealed: 'not sealed',
    en: 'all that was due is done; its evidence waits to be sealed (error E_FILE_UNWRITABLE)',
    fr: 'tout ce qui était à traiter est fait ; sa preuve attend d’être scellée (erreur E_FILE_UNWRITABLE)',
  },
  'all that was due is done; not told to the ledger: E_FILE_UNWRITABLE': {
    unsealed: 'not told',
    en: 'all that was due is done; the ledger could not be told (error E_FILE_UNWRITABLE)',
    fr: 'tout ce qui était à traiter est fait ; le registre n’a pas pu être complété (erreur E_FILE_UNWRITABLE)',
  },
}

describe('the last line of a run, and of its row in the report', () => {
  const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

  it('passes over what lies there in a pilot, but not over what nobody read where the policy warns', () => {
    const said = (warns: boolean, unreadThere: number, pilot?: number) =>
      whyOf({
        policies: [{ warns, outcome: {} }],
        lying: 3,
        unreadThere,
        ...(pilot && { pilot }),
        en: '',
        fr: '',
      })
    const lie = (files: number) => `${files} file(s) of what came back stay where they lie`
    const clean = 'a pilot of 10, 20 done and nothing of them left, 0 still due'
    const stop = 'refused by a safety stop: what came back cannot be read: E_BOUNCES_UNREAD'
    expect([said(true, 2, 10), said(true, 0, 10), said(false, 2, 10)]).to.deep.equal([stop, clean, clean])
    expect([said(true, 2), said(true, 0), said(false, 2)]).to.deep.equal([stop, lie(3), lie(3)])
  })

  for (const [why, end] of Object.entries(ends))
    it(`is: ${why}`, () => {
      expect(whyOf(end)).to.equal(why)
      for (const lang of ['en', 'fr'] as const)
        expect(plain(stopText(why, voiceOf(lang, 'Europe/Paris', true)))).to.equal(end[lang])
    })
})
