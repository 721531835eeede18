/** The grammars as JSON Schema (draft 7) for editors, from the very schemas that lint judges by. */
import { z } from 'zod'
import { dataMapSchema } from './data-map-schema.ts'
import { policySchema } from './policy-schema.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

export function policyJsonSchema(): JsonSchema {
  return jsonSchema(policySchema)
}

export function dataMapJsonSchema(): JsonSchema {
  return jsonSchema(dataMapSchema)
}

/** As the generated files hold it: two spaces, a line end at the end. */
export function jsonSchemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
}
