/** How an act on rows stands in counts, and so in the evidence. */
export const verbs = {
  erase: 'erased',
  archive: 'archived',
  anonymise: 'anonymised',
  detach: 'detached',
  'withdraw consent': 'withdrawn',
  'truncate fields': 'truncated',
} as const
