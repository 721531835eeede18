/** A proposed policy as commented YAML. Its reasons begin with todo, so that lint refuses to enforce it. */
import type { Language } from '../../policies/problem.ts'
import type { DraftPolicy } from './draft.ts'
import { remarkText } from './remarks.ts'
import { heads } from './write-heads.ts'
import { commentLines } from './yaml-line.ts'

export function policyText(policy: DraftPolicy, subject: boolean, lang: Language): string {
  const head = heads[lang]
  const lines = [
    ...head.policy.flatMap((line) => commentLines(line, '')),
    ...policy.remarks.flatMap((one) => commentLines(`todo: ${remarkText(one, lang)}`, '')),
    `policy: ${policy.name}`,
    'promise: todo',
    `status: observe # ${head.observes}`,
    `data: ${policy.kind}`,
    `keep_at_most: ${policy.term} # ${head.period}`,
    `counted_from: ${policy.countedFrom}`,
    '',
    'then: erase',
    ...butLines(policy, head.keeps),
    ...(policy.warns ? warnLines : []),
    '',
    subject ? `per_run: { people: 500${policy.warns ? ', mails: 2000' : ''} }` : 'per_run: { rows: 10000 }',
    subject ? 'stop_above: { percent: 2 }' : 'stop_above: { percent: 30 }',
    '',
    `purpose: ${JSON.stringify(head.purpose)}`,
    `legal_basis: ${JSON.stringify(head.basis)}`,
    `because: ${JSON.stringify(head.because)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** A reason that begins with todo, and a comment: either alone keeps the policy from being enforced. */
function butLines({ detach, stays }: DraftPolicy, reason: string): readonly string[] {
  const lines = [
    ...stays.map(({ kind, act }) =>
      act === 'detach' ? `  ${kind}: detach # todo` : `  ${kind}: { keep: ${JSON.stringify(reason)} } # todo`,
    ),
    ...detach.map((name) => `  ${name}: detach # todo`),
  ]
  return lines.length === 0 ? [] : ['but:', ...lines]
}

const warnLines = [
  '',
  'warn:',
  '  when: before the term',
  '  days_before_erasure: [60, 30, 7]',
  '  minimum_notice: 30 days',
  '  template: inactivity-warning',
  '  if_unreachable: a person decides',
  '  no_address: a person decides',
]
