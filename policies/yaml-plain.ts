/**
 * From the parser's nodes to plain values, by hand: aliases are never followed, so a file cannot unfold into
 * more than it says, and every key is placed.
 */
import { isAlias, isMap, isScalar, isSeq, Scalar, type Node, type Pair, type YAMLMap } from 'yaml'

export type YamlPath = readonly (string | number)[]

/** What the walk tells its caller: where things stand, and what is not allowed. Offsets count from 0. */
export interface YamlVisitor {
  readonly place: (path: YamlPath, keyOffset: number, valueOffset: number) => void
  readonly problem: (code: string, offset: number, params: Readonly<Record<string, string>>) => void
  readonly scalar: (scalar: Scalar) => void
}

/** Keys that name something in every JavaScript object; no table, kind or policy needs them. */
const reservedKeys: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** Plain value of a node: text, number, boolean, null, list or record. */
export function plainValue(node: unknown, path: YamlPath, visitor: YamlVisitor): unknown {
  if (isAlias(node)) {
    visitor.problem('E_YAML_ALIAS', offsetOf(node), { found: `*${node.source}` })
    return undefined
  }
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null
  if (node.anchor !== undefined)
    visitor.problem('E_YAML_ANCHOR', offsetOf(node), { found: `&${node.anchor}` })
  if (node.tag !== undefined) visitor.problem('E_YAML_TAG', offsetOf(node), { found: node.tag })
  if (isMap(node)) return plainMap(node, path, visitor)
  if (isSeq(node)) {
    return node.items.map((item, index) => {
      const at = offsetOf(item as Node)
      visitor.place([...path, index], at, at)
      return plainValue(item, [...path, index], visitor)
    })
  }
  visitor.scalar(node)
  return plainScalar(node)
}

function plainMap(map: YAMLMap, path: YamlPath, visitor: YamlVisitor): unknown {
  const entries = new Map<string, unknown>()
  for (const pair of map.items) {
    const key = keyOf(pair, visitor)
    if (key === null) continue
    const keyOffset = offsetOf(pair.key as Node)
    const inner = [...path, key]
    if (entries.has(key)) {
      visitor.problem('E_YAML_DUPLICATE_KEY', keyOffset, { key })
      continue
    }
    visitor.place(inner, keyOffset, isScalar(pair.value) ? offsetOf(pair.value) : keyOffset)
    entries.set(key, plainValue(pair.value, inner, visitor))
  }
  return Object.fromEntries(entries)
}

function keyOf(pair: Pair, visitor: YamlVisitor): string | null {
  const node = pair.key
  if (!isScalar(node)) {
    const offset = isAlias(node) || isMap(node) || isSeq(node) ? offsetOf(node) : 0
    visitor.problem(isAlias(node) ? 'E_YAML_ALIAS' : 'E_YAML_KEY', offset, { found: '' })
    return null
  }
  visitor.scalar(node)
  const key = node.source ?? String(node.value)
  if (node.anchor !== undefined)
    visitor.problem('E_YAML_ANCHOR', offsetOf(node), { found: `&${node.anchor}` })
  if (node.tag !== undefined) visitor.problem('E_YAML_TAG', offsetOf(node), { found: node.tag })
  if (key === '<<') visitor.problem('E_YAML_MERGE', offsetOf(node), {})
  else if (reservedKeys.includes(key)) visitor.problem('E_YAML_RESERVED_KEY', offsetOf(node), { key })
  else if (key === '') visitor.problem('E_YAML_KEY', offsetOf(node), { found: '' })
  else return key
  return null
}

/**
 * A number that would be written differently stays as it was written (`007`, `1e3`, sixteen digits and more):
 * it is compared with a column as text.
 */
function plainScalar(scalar: Scalar): unknown {
  const { value, source } = scalar
  if (typeof value === 'number' && source !== undefined && String(value) !== source) return source
  return value
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0
}

export function isPlain(scalar: Scalar): boolean {
  return scalar.type === Scalar.PLAIN
}
