/** What lint says when one file names something that no file declares. */
import type { ProblemTexts } from './problem-text.ts'

const near = {
  en: '[[ Did you mean "{near}"?]][[ Known: {known}.]]',
  fr: '[[ Vouliez-vous dire « {near} » ?]][[ Connus : {known}.]]',
} as const

export const referenceTexts = {
  E_DUPLICATE_POLICY: {
    severity: 'error',
    en: 'The policy "{policy}" is also declared in {file}. Give one of the two another name.',
    fr: 'La règle « {policy} » est aussi déclarée dans {file}. Donnez un autre nom à l’une des deux.',
  },
  E_UNKNOWN_KIND: {
    severity: 'error',
    en: `The data map has no kind of data "{found}".${near.en} Correct the name, or have the kind added to the data map.`,
    fr: `La carte des données n’a pas de catégorie « {found} ».${near.fr} Corrigez le nom, ou faites ajouter la catégorie à la carte.`,
  },
  E_UNKNOWN_EVENT: {
    severity: 'error',
    en: `The kind "{kind}" has no event "{found}".${near.en} Correct the name, or have the event added to the data map.`,
    fr: `La catégorie « {kind} » n’a pas d’événement « {found} ».${near.fr} Corrigez le nom, ou faites ajouter l’événement à la carte des données.`,
  },
  E_UNKNOWN_STATE: {
    severity: 'error',
    en: `The kind "{kind}" has no state "{found}".${near.en} Correct the name, or have the state added to the data map.`,
    fr: `La catégorie « {kind} » n’a pas d’état « {found} ».${near.fr} Corrigez le nom, ou faites ajouter l’état à la carte des données.`,
  },
  E_UNKNOWN_POLICY: {
    severity: 'error',
    en: `"{key}": there is no policy "{found}".${near.en} Correct the name, or add the policy.`,
    fr: `« {key} » : il n’y a pas de règle « {found} ».${near.fr} Corrigez le nom, ou ajoutez la règle.`,
  },
  E_UNKNOWN_TEMPLATE: {
    severity: 'error',
    en: `There is no mail template "{found}".${near.en} Correct the name, or add the template.`,
    fr: `Il n’y a pas de modèle de courriel « {found} ».${near.fr} Corrigez le nom, ou ajoutez le modèle.`,
  },
  E_CANARY_KIND: {
    severity: 'error',
    en: `The canary "{found}" is not a kind of data.${near.en} A canary stands under the name of the kind whose rows it watches.`,
    fr: `Le témoin « {found} » n’est pas une catégorie de données.${near.fr} Un témoin porte le nom de la catégorie dont il surveille les lignes.`,
  },
  E_PARENT_KIND: {
    severity: 'error',
    en: `"of: {found}": the data map has no such kind.${near.en} Name the kind to which these rows belong.`,
    fr: `« of: {found} » : la carte des données n’a pas cette catégorie.${near.fr} Nommez la catégorie à laquelle ces lignes appartiennent.`,
  },
  E_PARENT_LOOP: {
    severity: 'error',
    en: 'The kind "{kind}" belongs, over "of:", to itself: {loop}. Take "of:" away from the kind at the top.',
    fr: 'La catégorie « {kind} » appartient, par « of: », à elle-même : {loop}. Retirez « of: » à la catégorie du haut.',
  },
  E_ARCHIVE_KIND: {
    severity: 'error',
    en: `"into: {found}": the data map has no such kind.${near.en} The archive table is a kind of data too, with a policy of its own: declare it.`,
    fr: `« into: {found} » : la carte des données n’a pas cette catégorie.${near.fr} La table d’archive est aussi une catégorie de données, avec sa propre règle : déclarez-la.`,
  },
} satisfies ProblemTexts
