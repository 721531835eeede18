/** What each step of docs/first-purge.md says of the next one and of the way back, or why it need not. */

/** A reason stands where nothing of the kind can be said. */
type Word = RegExp | { readonly none: string }

interface Leads {
  /** Of the command with its figures, names and days left out. */
  readonly step: RegExp
  readonly next: Word
  readonly back: Word
}

const reads = { none: 'It only reads: there is nothing to go back from.' }
const everyDay = { none: 'The schedule does it every day, and its next slot is the next step.' }

export const leads: readonly Leads[] = [
  {
    step: /^migrate$/,
    next: /^Next: oubli init --from-db .*oubli lint, oubli doctor$/m,
    back: /^To go back: drop the views and tables that begin with oubli_/m,
  },
  {
    step: /^init --from-db/,
    next: /Next: read the data map with a developer, then `oubli lint` and `oubli doctor`\.$/,
    back: { none: 'It writes new files into a folder that is named, and never over one.' },
  },
  { step: /^lint$/, next: /^Next: oubli doctor$/m, back: reads },
  { step: /^doctor$/, next: /^Next: oubli doctor --clocks, then oubli run/m, back: reads },
  {
    step: /^doctor --clocks \(refused\)$/,
    next: /^Let the column join the clock \(latest_of in the data map\), or waive it /m,
    back: reads,
  },
  {
    step: /^doctor --clocks$/,
    next: /^Next: oubli mail selftest --to ADDRESS where a policy warns, then oubli run$/m,
    back: reads,
  },
  {
    step: /^mail selftest/,
    next: /^Give what comes back to `oubli mail bounces FOLDER`/m,
    back: { none: 'It writes to a mailbox that does not exist, and to nobody else.' },
  },
  {
    step: /^mail bounces/,
    next: /^Next: oubli run: it observes until a plan is approved$/m,
    back: {
      none: 'The notifications stay in the folder `done`; a day on record changes no row of the site.',
    },
  },
  {
    step: /^run \(observing\)$/,
    next: /^New terms were observed only\. To let them act: oubli approve [0-9a-f]+$/m,
    back: { none: 'Nothing was changed, and its last line says so.' },
  },
  {
    step: /^plan$/,
    next: /^Calendar, at the latest[^]*To let new terms act: oubli approve [0-9a-f]+$/m,
    back: reads,
  },
  {
    step: /^approve/,
    next: /^First time: begin with ten of each, oubli run --policy inactive-accounts --pilot 10$/m,
    back: /^To go back: set the policy to status: observe; what is erased by then comes back from a backup alone$/m,
  },
  {
    step: /^run --only warn$/,
    next: everyDay,
    back: { none: 'It queues mails; what has not left yet waits.' },
  },
  { step: /^mail deliver$/, next: everyDay, back: { none: 'A mail that left cannot be called back.' } },
  {
    step: /^request keep/,
    next: /^ {2}inactive-accounts: kept at least until the end of \d{4}-\d\d-\d\d$/m,
    back: { none: 'It only keeps, and nothing is lost by it.' },
  },
  ...[
    [10, /^Next: oubli run --policy inactive-accounts --pilot 100$/m],
    [100, /^Next: oubli run --policy inactive-accounts --pilot 1000$/m],
    [1000, /^Next: a whole run\.$/m],
  ].map(([size, next]) => ({
    step: new RegExp(`--pilot ${String(size)}$`),
    next: next as RegExp,
    back: /^To go back: oubli pause, then docs\/wrongly-erased\.md$/m,
  })),
  {
    step: /^audit verify/,
    next: { none: 'Whoever has verified has an answer, and no step follows from it.' },
    back: reads,
  },
  {
    step: /^run$/,
    next: everyDay,
    back: {
      none: 'The pilots of the same policy have said it; a nightly line that never changes is not read.',
    },
  },
  { step: /^dossier/, next: { none: 'It is the end of the road.' }, back: reads },
  { step: /^report/, next: { none: 'It is the end of the road.' }, back: reads },
]

/** What a step did not say although it should; throws for one that the list does not know exactly once. */
export function unsaid(step: string, text: string): readonly string[] {
  const found = leads.filter((one) => one.step.test(step))
  const [only] = found
  if (only === undefined || found.length !== 1)
    throw new Error(`"${step}": ${found.length} entries in the list of what steps lead to`)
  const said = text.trimEnd()
  return (['next', 'back'] as const).flatMap((way) => {
    const word = only[way]
    return word instanceof RegExp && !word.test(said) ? [`${way}: ${String(word)}`] : []
  })
}
