/** Names that lead from a policy to the data map or to another policy, and from kind to kind. */
import type { DataMap, Kind } from './data-map.ts'
import { nearestName } from './nearest-name.ts'
import type { ParsedPolicies } from './parse-policy.ts'
import type { Policy, Warn } from './policy.ts'
import type { Place, PlaceOf, Problem } from './problem.ts'
import { clipped } from './schema-problems.ts'
import { templateFor, variantOf } from './variant.ts'

/** Names that two files give themselves; the later file is blamed and the earlier one named. */
export function duplicatePolicies(parsed: ParsedPolicies): readonly Problem[] {
  const first = new Map<string, string>()
  return parsed.declared.flatMap(({ id, file }): readonly Problem[] => {
    const other = first.get(id)
    if (other === undefined) first.set(id, file)
    if (other === undefined) return []
    const place = parsed.placeOf(file, ['policy'])
    return [
      { code: 'E_DUPLICATE_POLICY', severity: 'error', place, params: { policy: clipped(id), file: other } },
    ]
  })
}

/** References of policies. `templates` null: not known here, so not judged. */
export function policyReferences(
  parsed: ParsedPolicies,
  dataMap: DataMap | null,
  templates: readonly string[] | null,
): readonly Problem[] {
  const ids = parsed.declared.map(({ id }) => id)
  return parsed.policies.flatMap((policy) => {
    const at = (...path: readonly (string | number)[]): Place => parsed.placeOf(policy.file, path)
    return [
      ...toPolicies(policy, ids, at),
      ...(dataMap === null ? [] : toKinds(policy, dataMap, at)),
      ...(policy.warn === null || templates === null ? [] : toTemplates(policy.warn, templates, at)),
    ]
  })
}

function toTemplates(warn: Warn, templates: readonly string[], at: At): readonly Problem[] {
  const needed = templateFor(warn.template, variantOf(warn))
  const place = at('warn', needed === warn.template ? 'template' : 'variant')
  const last = warn.thenTell?.template
  return [
    ...unknown('E_UNKNOWN_TEMPLATE', needed, templates, place),
    ...(last === undefined
      ? []
      : unknown('E_UNKNOWN_TEMPLATE', last, templates, at('warn', 'then_tell', 'template'))),
  ]
}

type At = (...path: readonly (string | number)[]) => Place

function toPolicies(policy: Policy, ids: readonly string[], at: At): readonly Problem[] {
  const others = ids.filter((id) => id !== policy.id)
  const follows =
    policy.follows === null
      ? []
      : unknown('E_UNKNOWN_POLICY', policy.follows, others, at('follows'), { key: 'follows' })
  const departures = Object.entries(policy.but).flatMap(([name, departure]) =>
    'under' in departure && departure.under !== null
      ? unknown('E_UNKNOWN_POLICY', departure.under, ids, at('but', name, departure.act), {
          key: `but.${name}`,
        })
      : [],
  )
  return [...follows, ...departures]
}

function toKinds(policy: Policy, dataMap: DataMap, at: At): readonly Problem[] {
  const kinds = Object.keys(dataMap.kinds)
  const departures = Object.entries(policy.but).flatMap(([name, { act }]) => {
    const [owner = name, column] = name.split('.')
    // A foreign key can lead here from a table that is no kind. The plan knows the tables, and tells of a rule without effect.
    if (act === 'detach' && column !== undefined) return []
    return unknown('E_UNKNOWN_KIND', owner, kinds, at('but', name))
  })
  const kind = kindNamed(dataMap, policy.data)
  if (kind === null) return [...unknown('E_UNKNOWN_KIND', policy.data, kinds, at('data')), ...departures]
  const events = Object.keys(kind.events)
  const states = Object.keys(kind.states)
  const params = { kind: kind.name }
  return [
    ...departures,
    ...unknown('E_UNKNOWN_EVENT', policy.countedFrom, events, at('counted_from'), params),
    ...policy.notWhile.flatMap((state, index) =>
      unknown('E_UNKNOWN_STATE', state, states, at('not_while', index), params),
    ),
  ]
}

/** References inside the data map: parents, archives, canaries. */
export function dataMapReferences(dataMap: DataMap, file: string, placeOf: PlaceOf): readonly Problem[] {
  const kinds = Object.keys(dataMap.kinds)
  const at: At = (...path) => placeOf(file, path)
  const canaries = Object.keys(dataMap.canaries).flatMap((name) =>
    unknown('E_CANARY_KIND', name, kinds, at('canaries', name)),
  )
  const inner = Object.values(dataMap.kinds).flatMap((kind) => [
    ...(kind.of === null ? [] : unknown('E_PARENT_KIND', kind.of, kinds, at('kinds', kind.name, 'of'))),
    ...(kind.archive === null
      ? []
      : unknown('E_ARCHIVE_KIND', kind.archive.into, kinds, at('kinds', kind.name, 'archive', 'into'))),
    ...parentLoop(dataMap, kind, at),
  ])
  return [...canaries, ...inner]
}

/** Each kind of a loop is told, because any of them may be the one to change. */
function parentLoop(dataMap: DataMap, kind: Kind, at: At): readonly Problem[] {
  const chain = [kind.name]
  for (let parent = kind.of; parent !== null; parent = kindNamed(dataMap, parent)?.of ?? null) {
    if (parent === kind.name) {
      const params = { kind: kind.name, loop: [...chain, parent].join(' → ') }
      const place = at('kinds', kind.name, 'of')
      return [{ code: 'E_PARENT_LOOP', severity: 'error', place, params }]
    }
    if (chain.includes(parent)) return []
    chain.push(parent)
  }
  return []
}

function kindNamed(dataMap: DataMap, name: string): Kind | null {
  return Object.hasOwn(dataMap.kinds, name) ? (dataMap.kinds[name] ?? null) : null
}

/** At most this many known names stand in a message. */
const mostNames = 12

function unknown(
  code: string,
  found: string,
  known: readonly string[],
  place: Place,
  more: Problem['params'] = {},
): readonly Problem[] {
  if (known.includes(found)) return []
  const names = known.length > mostNames ? `${known.slice(0, mostNames).join(', ')}, …` : known.join(', ')
  const params = { found: clipped(found), near: nearestName(found, known) ?? '', known: names, ...more }
  return [{ code, severity: 'error', place, params }]
}
