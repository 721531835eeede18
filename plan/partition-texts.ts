/** Why a data map that asks to drop partitions is not followed. */
import type { ProblemText } from '../policies/problem-text.ts'

export const partitionTexts = {
  W_PARTITION_NONE: {
    severity: 'warning',
    en: 'The data map says `partitions: drop`, but "{table}" has no partitions. Its rows are deleted one by one.',
    fr: 'La carte dit `partitions: drop`, mais « {table} » n’a pas de partitions. Ses lignes partent une à une.',
  },
  W_PARTITION_CUT: {
    severity: 'warning',
    en: '"{table}" is cut by {cut}, which cannot be compared with the clock "{clock}". Its rows are deleted one by one. Cut it by RANGE COLUMNS({clock}), or by TO_DAYS, YEAR or UNIX_TIMESTAMP of that column alone.',
    fr: '« {table} » est découpée par {cut}, qui ne se compare pas à la date « {clock} ». Ses lignes partent une à une. Découpez-la par RANGE COLUMNS({clock}), ou par TO_DAYS, YEAR ou UNIX_TIMESTAMP de cette seule colonne.',
  },
  W_PARTITION_TRIGGERS: {
    severity: 'warning',
    en: '"{table}" has triggers, which a dropped partition would not set off: {triggers}. Its rows are deleted one by one.',
    fr: '« {table} » a des déclencheurs, qu’une partition supprimée n’activerait pas : {triggers}. Ses lignes partent une à une.',
  },
  W_PARTITION_RESTRICTED: {
    severity: 'warning',
    en: 'Rows of "{table}" can be kept by what the data map says of "{kind}" (except, restricted), and a partition would take them along. They are deleted one by one.',
    fr: 'Des lignes de « {table} » peuvent être gardées par ce que la carte des données dit de « {kind} » (except, restricted), et une partition les emporterait. Elles partent une à une.',
  },
  W_PARTITION_MARKS: {
    severity: 'warning',
    en: 'We keep marks on rows of "{table}" for {marking}, which would outlive a dropped partition. Its rows are deleted one by one. Give the kind a column under `done`.',
    fr: 'Nous gardons des marques sur des lignes de « {table} » pour {marking}, qui survivraient à une partition supprimée. Ses lignes partent une à une. Donnez à la catégorie une colonne sous `done`.',
  },
} as const satisfies Record<string, ProblemText>
