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

/** Whether `text`, which was parsed into `value`, is its canonical text. */
export function isCanonical(text: string, value: Canonical): boolean {
  // The quick way fails for keys that are numbers, which JSON.stringify puts first.
  return (JSON.stringify(value) === text && isInOrder(value)) || canonicalText(value) === text
}

function isInOrder(value: Canonical | undefined): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'number'
  if (isList(value)) return value.every(isInOrder)
  let before: string | null = null
  for (const key of Object.keys(value)) {
    if ((before !== null && key < before) || !isInOrder(value[key])) return false
    before = key
  }
  return true
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value)
}
