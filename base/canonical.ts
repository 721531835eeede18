/** One text for one value, so that a hash means one thing. */

export type Canonical =
  string | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical | undefined }

/**
 * Canonical JSON: keys in code unit order, no white space, no numbers (write them as decimal strings, so
 * that no reader can round them). A key whose value is `undefined` is left out.
 */
export function canonicalText(value: Canonical): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  // Put together piece by piece: a run writes one such text for each person that it erases.
  let text = ''
  if (isList(value)) {
    for (const part of value) text += `${text === '' ? '' : ','}${canonicalText(part)}`
    return `[${text}]`
  }
  for (const key of Object.keys(value).sort()) {
    const part = value[key]
    if (part === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalText(part)}`
  }
  return `{${text}}`
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value)
}
