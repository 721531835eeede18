/** Every key of the settings as a flat list, read from the schema: names, environment, types, notes. */
import { z } from 'zod'
import { settingsSchema } from './settings.ts'

export interface SettingKey {
  readonly path: readonly string[]
  /** `database.mysql.host`. */
  readonly name: string
  /** `OUBLI_DATABASE_MYSQL_HOST`. */
  readonly variable: string
  readonly type: 'text' | 'whole number'
  readonly required: boolean
  /** As text; null: none. */
  readonly default: string | null
  readonly description: string
  readonly expects: string
  readonly isPath: boolean
  readonly credential: string | null
  /** Variable that may hold the secret itself. */
  readonly secretVariable: string | null
}

export interface SettingSection {
  readonly path: readonly string[]
  readonly description: string
  /** Names of the keys and sections directly in it. */
  readonly names: readonly string[]
}

interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
  readonly expects?: string
  readonly path?: boolean
  readonly credential?: string
  readonly secretInEnvironment?: boolean
}

const rootNode = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' }) as unknown as SchemaNode

export const settingSections: readonly SettingSection[] = sectionsIn(rootNode, [])
export const settingKeys: readonly SettingKey[] = keysIn(rootNode, [], false)

/** What a person should write at this path, and whether its value may be repeated in a message. */
export function expectedAt(path: readonly PropertyKey[]): string {
  let node: SchemaNode | undefined = rootNode
  for (const part of path) node = node?.properties?.[String(part)]
  return node?.expects ?? 'nothing'
}

function sectionsIn(node: SchemaNode, path: readonly string[]): readonly SettingSection[] {
  const { properties } = node
  if (properties === undefined) return []
  const inner = Object.entries(properties).flatMap(([name, child]) => sectionsIn(child, [...path, name]))
  return [{ path, description: node.description ?? '', names: Object.keys(properties) }, ...inner]
}

function keysIn(node: SchemaNode, path: readonly string[], required: boolean): readonly SettingKey[] {
  if (node.properties === undefined) return [keyOf(node, path, required)]
  return Object.entries(node.properties).flatMap(([name, child]) =>
    keysIn(child, [...path, name], node.required?.includes(name) === true),
  )
}

function keyOf(node: SchemaNode, path: readonly string[], required: boolean): SettingKey {
  const variable = ['oubli', ...path].join('_').toUpperCase()
  const value = node.default
  return {
    path,
    name: path.join('.'),
    variable,
    type: node.type === 'integer' ? 'whole number' : 'text',
    required,
    default: typeof value === 'string' || typeof value === 'number' ? String(value) : null,
    description: node.description ?? '',
    expects: node.expects ?? '',
    isPath: node.path === true,
    credential: node.credential ?? null,
    secretVariable: node.secretInEnvironment === true ? variable.replace(/_FILE$/, '') : null,
  }
}
