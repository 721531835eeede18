/**
 * What the rules of lint beyond the grammar say, in both languages: what was expected, what was found, what to
 * do. The reader is an officer, not a programmer; keys and actions are quoted as they stand in the file.
 */
import { mailRuleTexts } from './mail-rule-texts.ts'
import type { ProblemText } from './problem-text.ts'

const texts = {
  E_BECAUSE_TOO_SHORT: {
    severity: 'error',
    en: '"because" has {found} characters; expected a reason of at least {expected}. Write which duty, promise or need sets this term, so that an auditor can follow it.',
    fr: '«\u00a0because\u00a0» compte {found} caractères\u00a0; un motif d’au moins {expected} est attendu. Écrivez quelle obligation, quelle promesse ou quel besoin fixe cette durée, pour qu’un contrôleur puisse la comprendre.',
  },
  E_ENFORCED_UNAPPROVED: {
    severity: 'error',
    en: 'The policy is enforced, but "{missing}" is missing; expected a name and a date of approval. Add them, or set "status: observe".',
    fr: 'La règle est appliquée, mais «\u00a0{missing}\u00a0» manque\u00a0; un nom et une date d’approbation sont attendus. Ajoutez-les, ou écrivez «\u00a0status: observe\u00a0».',
  },
  E_ENFORCED_TODO: {
    severity: 'error',
    en: 'The policy is enforced, and "{key}" still begins with todo. Write what is meant, or set "status: observe".',
    fr: 'La règle est appliquée, et «\u00a0{key}\u00a0» commence encore par todo. Écrivez ce qui est voulu, ou «\u00a0status: observe\u00a0».',
  },
  E_TODO_LEFT: {
    severity: 'error',
    en: 'This comment begins with todo: nobody has decided it yet, and the enforced policy "{policy}" acts by it. Check it, write what is true, and take the word away; or set "status: observe".',
    fr: 'Ce commentaire commence par todo\u00a0: personne ne l’a encore décidé, et la règle appliquée «\u00a0{policy}\u00a0» en dépend. Vérifiez, écrivez ce qui est vrai et retirez le mot\u00a0; ou écrivez «\u00a0status: observe\u00a0».',
  },
  E_REVIEW_BEFORE_APPROVAL: {
    severity: 'error',
    en: 'The review is planned for {found}, which is not after the approval of {approved}. Choose a later date for "review_by".',
    fr: 'Le réexamen est prévu le {found}, qui ne suit pas l’approbation du {approved}. Choisissez une date plus tardive pour «\u00a0review_by\u00a0».',
  },
  E_CLOCK_MOVED_BY_SITE: {
    severity: 'error',
    en: 'The term is counted from "{event}", which the site itself moves (an import, a sync, an edit by staff); expected an event that stays where it is or that only the person moves. Count from another event of this kind.',
    fr: 'La durée est comptée depuis «\u00a0{event}\u00a0», que le site déplace lui-même (import, synchronisation, modification par un employé)\u00a0; un événement fixe, ou que seule la personne déplace, est attendu. Comptez depuis un autre événement de cette donnée.',
  },
  E_START_MISSING: {
    severity: 'error',
    en: '"{event}" of "{kind}" can be missing, and policy "{policy}" would then never reach those rows; expected "else:" with a date that is always there. Add for example "else: created_at".',
    fr: '«\u00a0{event}\u00a0» de «\u00a0{kind}\u00a0» peut manquer, et la règle «\u00a0{policy}\u00a0» n’atteindrait alors jamais ces lignes\u00a0; «\u00a0else:\u00a0» avec une date toujours présente est attendu. Ajoutez par exemple «\u00a0else: created_at\u00a0».',
  },
  E_FIXED_DATE_IN_CLOCK: {
    severity: 'error',
    en: '"{event}" reads "{column}" as a sign of life, but by the data map it is a date that never moves: part of "identity", an "else", or a fixed event. Who did nothing would be counted from it unseen. Write "else: {column}" at "{event}", or leave it out where another "else" stands.',
    fr: '«\u00a0{event}\u00a0» lit «\u00a0{column}\u00a0» comme un signe de vie, alors que d’après la carte des données cette date ne bouge jamais\u00a0: elle fait partie d’«\u00a0identity\u00a0», d’un «\u00a0else\u00a0» ou d’un événement fixe. Pour qui n’a rien fait, le délai partirait de là sans que cela se voie. Écrivez «\u00a0else: {column}\u00a0» à «\u00a0{event}\u00a0», ou retirez-la si un autre «\u00a0else\u00a0» existe.',
  },
  E_HOURS_ROUNDED: {
    severity: 'error',
    en: 'The term is in hours, which run from the very instant of "{event}", but "{event}" is rounded to the end of the fiscal year. The rounding would be passed over and the rows would go too early. Write the term in days, or count from an event that is not rounded.',
    fr: 'La durée est en heures, qui courent depuis l’instant même de «\u00a0{event}\u00a0», alors que «\u00a0{event}\u00a0» est arrondi à la fin de l’exercice. L’arrondi serait ignoré et les lignes partiraient trop tôt. Écrivez la durée en jours, ou comptez depuis un événement qui n’est pas arrondi.',
  },
  E_ARCHIVE_LOSES_CLOCK: {
    severity: 'error',
    en: 'Policy "{policy}" counts from "{event}", which reads the column "{column}" of the archive, but archiving does not copy into that column. Add "{column}" to "columns".',
    fr: 'La règle «\u00a0{policy}\u00a0» compte depuis «\u00a0{event}\u00a0», qui lit la colonne «\u00a0{column}\u00a0» de l’archive, mais l’archivage ne remplit pas cette colonne. Ajoutez «\u00a0{column}\u00a0» à «\u00a0columns\u00a0».',
  },
  E_WAIVED_WITHOUT_REASON: {
    severity: 'error',
    en: '"waived" lets "{column}" not count as a sign of life beside "{event}", with too short a reason; expected at least 20 characters. Write why a date there does not show that the person is active.',
    fr: '«\u00a0waived\u00a0» écarte «\u00a0{column}\u00a0» comme signe de vie à côté de «\u00a0{event}\u00a0», avec un motif trop court\u00a0; au moins 20 caractères sont attendus. Écrivez pourquoi une date dans cette colonne ne montre pas que la personne est active.',
  },
  E_CLOCK_STARVED: {
    severity: 'error',
    en: 'This policy removes what policy "{reader}" counts from ({source}) after {found_en}, but "{reader}" still needs it for {read_en} and {notice} days of notice. Active people would look inactive and be erased. Keep it longer here, or let "{reader}" read another column.',
    fr: 'Cette règle supprime après {found_fr} ce depuis quoi la règle «\u00a0{reader}\u00a0» compte ({source}), alors que «\u00a0{reader}\u00a0» en a encore besoin pendant {read_fr} et {notice} jours de préavis. Des personnes actives paraîtraient inactives et seraient effacées. Conservez plus longtemps ici, ou faites lire une autre colonne à «\u00a0{reader}\u00a0».',
  },
  E_CLOCK_STARVED_EARLIER: {
    severity: 'error',
    en: 'This policy removes what policy "{reader}" counts from ({source}), and counts its own term from "{event}", which can be older than that date: a recent sign of life would go with an old row. Count from an event that reads {source} too, or let "{reader}" read another column.',
    fr: 'Cette règle supprime ce depuis quoi la règle «\u00a0{reader}\u00a0» compte ({source}), et compte sa propre durée depuis «\u00a0{event}\u00a0», qui peut être plus ancien\u00a0: un signe de vie récent partirait avec une vieille ligne. Comptez depuis un événement qui lit aussi {source}, ou faites lire une autre colonne à «\u00a0{reader}\u00a0».',
  },
  E_TWO_POLICIES: {
    severity: 'error',
    en: 'The policies "{policy}" and "{other}" ({file}) both rule "{kind}"[[ (rows that are also "{same}")]], and one row can fall under both. Narrow both with "only:" so that no row fits the two, chain them with "follows:" (one event, the later phase with the longer term), or name different "fields:".',
    fr: 'Les règles «\u00a0{policy}\u00a0» et «\u00a0{other}\u00a0» ({file}) portent toutes deux sur «\u00a0{kind}\u00a0»[[ (des lignes qui sont aussi «\u00a0{same}\u00a0»)]], et une même ligne peut relever des deux. Restreignez-les par «\u00a0only:\u00a0» sans recouvrement, enchaînez-les par «\u00a0follows:\u00a0» (un même événement, la durée la plus longue pour la seconde), ou nommez des «\u00a0fields:\u00a0» différents.',
  },
  E_PHASE_HOLE: {
    severity: 'error',
    en: '"{policy}" follows "{before}", but rules "{found}"; the action "{action}" of "{before}"[[ leaves the rows in "{expected}"]]. No rule would take over where it ends. Set "data:" to what remains, or remove "follows:".',
    fr: '«\u00a0{policy}\u00a0» suit «\u00a0{before}\u00a0», mais porte sur «\u00a0{found}\u00a0»\u00a0; or l’action «\u00a0{action}\u00a0» de «\u00a0{before}\u00a0»[[ laisse les lignes dans «\u00a0{expected}\u00a0»]]. Aucune règle ne prendrait le relais. Indiquez dans «\u00a0data:\u00a0» ce qui reste, ou retirez «\u00a0follows:\u00a0».',
  },
  E_PHASES_IN_CIRCLE: {
    severity: 'error',
    en: '"{policy}" follows itself through other policies; expected a chain with a first phase. Remove "follows:" from the phase that comes first.',
    fr: '«\u00a0{policy}\u00a0» se suit elle-même à travers d’autres règles\u00a0; une chaîne avec une première phase est attendue. Retirez «\u00a0follows:\u00a0» de la phase qui vient en premier.',
  },
  E_PHASE_OUT_OF_ORDER: {
    severity: 'error',
    en: 'This phase ends after {found_en}, before "{before}", which it follows, ends after {first_en} on the same clock. It would never run. Give the later phase the longer term.',
    fr: 'Cette phase se termine après {found_fr}, avant «\u00a0{before}\u00a0», qu’elle suit et qui se termine après {first_fr} depuis le même événement. Elle ne s’exécuterait jamais. Donnez à la phase suivante la durée la plus longue.',
  },
  E_PHASE_TWO_CLOCKS: {
    severity: 'error',
    en: 'This phase counts from "{found}", but "{before}", which comes before it, counts from "{first}": it could take rows that the first one has not reached. A run waits for no other phase. Count both from one event, or narrow both with "only:" so that no row fits the two.',
    fr: 'Cette phase compte depuis «\u00a0{found}\u00a0», mais «\u00a0{before}\u00a0», qui vient avant elle, compte depuis «\u00a0{first}\u00a0»\u00a0: elle pourrait prendre des lignes que la première n’a pas atteintes. Un traitement n’attend aucune autre phase. Comptez les deux depuis un même événement, ou restreignez-les par «\u00a0only:\u00a0» sans recouvrement.',
  },
  E_PHASE_BREAKS_DUTY: {
    severity: 'error',
    en: 'The rows are to be kept for at least {least_en}, but "{before}", which comes before this phase, makes them anonymous after {found_en}: nobody could say then whose they were. Give "{before}" at least the same term, or narrow both with "only:" so that no row fits the two.',
    fr: 'Les lignes doivent être conservées au moins {least_fr}, mais «\u00a0{before}\u00a0», qui vient avant cette phase, les anonymise après {found_fr}\u00a0: nul ne pourrait plus dire à qui elles étaient. Donnez à «\u00a0{before}\u00a0» au moins la même durée, ou restreignez les deux par «\u00a0only:\u00a0» sans recouvrement.',
  },
  E_DUTY_TO_KEEP_BROKEN: {
    severity: 'error',
    en: '"{kind}" leaves together with the rows of this policy, but policy "{duty}" keeps it for at least {least_en}. Add under "but:" what becomes of it, for example "{kind}: { archive: {duty} }" or "{kind}: { anonymise: {duty} }".',
    fr: '«\u00a0{kind}\u00a0» part avec les lignes de cette règle, mais la règle «\u00a0{duty}\u00a0» impose de le conserver au moins {least_fr}. Indiquez son sort sous «\u00a0but:\u00a0», par exemple «\u00a0{kind}: { archive: {duty} }\u00a0» ou «\u00a0{kind}: { anonymise: {duty} }\u00a0».',
  },
  E_BUT_NOT_BELOW: {
    severity: 'error',
    en: '"but:" names "{kind}", which does not belong to "{data}" in the data map, so it does not leave with it. Remove the line, or declare "of: {data}" for that kind.',
    fr: '«\u00a0but:\u00a0» nomme «\u00a0{kind}\u00a0», qui n’appartient pas à «\u00a0{data}\u00a0» dans la carte des données et ne part donc pas avec. Retirez la ligne, ou déclarez «\u00a0of: {data}\u00a0» pour cette donnée.',
  },
  E_KEPT_WITHOUT_REASON: {
    severity: 'error',
    en: '"{kind}" stays when the person leaves, with too short a reason; expected at least 20 characters in "because". Write why it may stay.',
    fr: '«\u00a0{kind}\u00a0» reste au départ de la personne, avec un motif trop court\u00a0; au moins 20 caractères sont attendus dans «\u00a0because\u00a0». Écrivez pourquoi cela peut rester.',
  },
  E_LEFT_BEHIND: {
    severity: 'error',
    en: '"{kind}" holds personal data and belongs to "{parent}", which stays; nothing says what becomes of it. Add "{kind}" under "but:", or write a policy for it.',
    fr: '«\u00a0{kind}\u00a0» contient des données personnelles et appartient à «\u00a0{parent}\u00a0», qui reste\u00a0; rien ne dit ce qu’il devient. Ajoutez «\u00a0{kind}\u00a0» sous «\u00a0but:\u00a0», ou écrivez une règle à son sujet.',
  },
  E_ANONYMISE_NOTHING: {
    severity: 'error',
    en: '"{kind}" is to be anonymised, but the data map changes none of its columns. List its personal columns under "personal:" with what replaces them.',
    fr: '«\u00a0{kind}\u00a0» doit être anonymisé, mais la carte des données ne modifie aucune de ses colonnes. Listez ses colonnes personnelles sous «\u00a0personal:\u00a0» avec ce qui les remplace.',
  },
  E_ANONYMISE_KEEPS_IDENTIFIER: {
    severity: 'error',
    en: '"{kind}" is to be anonymised, but its column "{column}" (a key, a name or an address) would still name the person. That is a pseudonym, not anonymity. Give the column a strategy other than keep or generalised, or erase the row; a key made of personal data can only be erased.',
    fr: '«\u00a0{kind}\u00a0» doit être anonymisé, mais sa colonne «\u00a0{column}\u00a0» (clé, nom ou adresse) désignerait encore la personne. C’est un pseudonyme, non une anonymisation. Donnez à la colonne une autre stratégie que «\u00a0keep\u00a0» ou «\u00a0generalised\u00a0», ou effacez la ligne\u00a0; une clé faite de données personnelles ne peut qu’être effacée.',
  },
  E_COLUMN_KEPT_WITHOUT_REASON: {
    severity: 'error',
    en: 'The personal column "{column}" of "{kind}" is kept with too short a reason; expected at least 20 characters in "because". Write why it does not lead back to a person.',
    fr: 'La colonne personnelle «\u00a0{column}\u00a0» de «\u00a0{kind}\u00a0» est conservée avec un motif trop court\u00a0; au moins 20 caractères sont attendus dans «\u00a0because\u00a0». Écrivez pourquoi elle ne ramène pas à une personne.',
  },
  E_ARCHIVE_NOT_DECLARED: {
    severity: 'error',
    en: '"{kind}" is to be archived, but the data map does not say where. Add "archive: { into: …, columns: … }" to that kind.',
    fr: '«\u00a0{kind}\u00a0» doit être archivé, mais la carte des données ne dit pas où. Ajoutez «\u00a0archive: { into: …, columns: … }\u00a0» à cette donnée.',
  },
  E_ARCHIVE_WITHOUT_POLICY: {
    severity: 'error',
    en: '"{kind}" moves into the archive "{archive}", for which no policy sets an end. Write a policy with "data: {archive}".',
    fr: '«\u00a0{kind}\u00a0» passe dans l’archive «\u00a0{archive}\u00a0», dont aucune règle ne fixe la fin. Écrivez une règle avec «\u00a0data: {archive}\u00a0».',
  },
  E_ARCHIVE_IN_PLACE: {
    severity: 'error',
    en: 'The archive of "{kind}" is its own table "{table}"; expected another table, because a mark in the active data is no archive. Declare a table apart.',
    fr: 'L’archive de «\u00a0{kind}\u00a0» est sa propre table «\u00a0{table}\u00a0»\u00a0; une autre table est attendue, car une marque dans les données actives n’est pas une archive. Déclarez une table séparée.',
  },
  E_WITHDRAW_NOTHING: {
    severity: 'error',
    en: 'Consent is to be withdrawn on "{kind}", but the data map does not say which columns record it. Add "withdrawn: { column: value }" to that kind.',
    fr: 'Le consentement doit être retiré sur «\u00a0{kind}\u00a0», mais la carte des données ne dit pas quelles colonnes l’enregistrent. Ajoutez «\u00a0withdrawn: { colonne: valeur }\u00a0» à cette donnée.',
  },
  E_FIELD_WITHOUT_STRATEGY: {
    severity: 'error',
    en: 'The field "{column}" of "{kind}" has no strategy that changes it. Give it one under "personal:" in the data map, for example truncated_ip, or remove it from "fields:".',
    fr: 'Le champ «\u00a0{column}\u00a0» de «\u00a0{kind}\u00a0» n’a aucune stratégie qui le modifie. Donnez-lui-en une sous «\u00a0personal:\u00a0» dans la carte des données, par exemple truncated_ip, ou retirez-le de «\u00a0fields:\u00a0».',
  },
  E_RECEIPTS_WITHOUT_PERSON: {
    severity: 'error',
    en: '"receipts" is for people who are erased, archived or anonymised; expected one of these actions on a kind with "subject: true", found "then: {action}" on "{kind}". Remove "receipts:", or write it into the policy that erases the person.',
    fr: '«\u00a0receipts\u00a0» est pour les personnes effacées, archivées ou anonymisées\u00a0; l’une de ces actions sur une donnée «\u00a0subject: true\u00a0» est attendue, «\u00a0then: {action}\u00a0» sur «\u00a0{kind}\u00a0» est trouvé. Retirez «\u00a0receipts:\u00a0», ou écrivez-le dans la règle qui efface la personne.',
  },
  E_KEPT_TOO_LONG: {
    severity: 'error',
    en: 'The term is {found_en}[[ and {extra} days of notice]]; the limit is {limit_en} ({rule}, {reference}: {requires_en}). Shorten it: this limit has no exception.',
    fr: 'La durée est de {found_fr}[[ et {extra} jours de préavis]]\u00a0; la limite est de {limit_fr} ({rule}, {reference}\u00a0: {requires_fr}). Réduisez-la\u00a0: cette limite ne souffre pas d’exception.',
  },
  E_KEPT_TOO_SHORT: {
    severity: 'error',
    en: 'The rows go after {found_en}, which can be less than {limit_en}, the least that the law demands ({rule}, {reference}: {requires_en}). Lengthen the term.',
    fr: 'Les lignes disparaissent après {found_fr}, ce qui peut être moins que {limit_fr}, le minimum légal ({rule}, {reference}\u00a0: {requires_fr}). Allongez la durée.',
  },
  E_TERM_NOT_JUSTIFIED: {
    severity: 'error',
    en: 'The term is {found_en}[[ and {extra} days of notice]]; the reference is {limit_en} ({rule}, {reference}: {requires_en}). Another term needs its reason: write at least 40 characters in "because", or keep to the reference.',
    fr: 'La durée est de {found_fr}[[ et {extra} jours de préavis]]\u00a0; la référence est de {limit_fr} ({rule}, {reference}\u00a0: {requires_fr}). S’en écarter demande un motif\u00a0: écrivez au moins 40 caractères dans «\u00a0because\u00a0», ou suivez la référence.',
  },
  E_TERM_NOT_SIGNED: {
    severity: 'error',
    en: 'The term is {found_en}[[ and {extra} days of notice]]; beyond {limit_en} a signature is needed ({rule}, {reference}: {requires_en}). Have it approved and fill in "approved_by", or shorten the term.',
    fr: 'La durée est de {found_fr}[[ et {extra} jours de préavis]]\u00a0; au-delà de {limit_fr}, une signature est requise ({rule}, {reference}\u00a0: {requires_fr}). Faites-la approuver et remplissez «\u00a0approved_by\u00a0», ou réduisez la durée.',
  },
  W_TERM_ABOVE_REFERENCE: {
    severity: 'warning',
    en: 'The term is {found_en}[[ and {extra} days of notice]], more than the reference of {limit_en} ({rule}, {reference}: {requires_en}). The reason in "because" is on record; be ready to defend it.',
    fr: 'La durée est de {found_fr}[[ et {extra} jours de préavis]], au-dessus de la référence de {limit_fr} ({rule}, {reference}\u00a0: {requires_fr}). Le motif donné dans «\u00a0because\u00a0» est consigné\u00a0; soyez prêt à le défendre.',
  },
  W_TERM_BELOW_REFERENCE: {
    severity: 'warning',
    en: 'The term is {found_en}, less than the reference of {limit_en} ({rule}, {reference}: {requires_en}). The reason in "because" is on record; be ready to defend it.',
    fr: 'La durée est de {found_fr}, en dessous de la référence de {limit_fr} ({rule}, {reference}\u00a0: {requires_fr}). Le motif donné dans «\u00a0because\u00a0» est consigné\u00a0; soyez prêt à le défendre.',
  },
  E_CLOCK_NOT_FIXED: {
    severity: 'error',
    en: 'The term is counted from "{event}", which later visits move; expected a start that never moves ({rule}, {reference}: {requires_en}). Count from the first deposit or the first record.',
    fr: 'La durée est comptée depuis «\u00a0{event}\u00a0», que les visites suivantes déplacent\u00a0; un point de départ fixe est attendu ({rule}, {reference}\u00a0: {requires_fr}). Comptez depuis le premier dépôt ou le premier enregistrement.',
  },
  E_CLOCK_NOT_FROM_YEAR_END: {
    severity: 'error',
    en: 'The term is counted from "{event}" itself; expected the close of its fiscal year ({rule}, {reference}: {requires_en}). Use an event with "rounded_to: end of fiscal year".',
    fr: 'La durée est comptée depuis «\u00a0{event}\u00a0» même\u00a0; la clôture de son exercice est attendue ({rule}, {reference}\u00a0: {requires_fr}). Utilisez un événement avec «\u00a0rounded_to: end of fiscal year\u00a0».',
  },
  E_NOTICE_TOO_SHORT: {
    severity: 'error',
    en: 'The minimum notice is {found} days; expected at least {expected} ({rule}, {reference}: {requires_en}). Raise "minimum_notice".',
    fr: 'Le préavis minimal est de {found} jours\u00a0; au moins {expected} sont attendus ({rule}, {reference}\u00a0: {requires_fr}). Augmentez «\u00a0minimum_notice\u00a0».',
  },
  E_ACTION_NOT_ENOUGH: {
    severity: 'error',
    en: 'At the end of the term the action is "{found}"; expected one of: {expected} ({rule}, {reference}: {requires_en}). Change "then:".',
    fr: 'Au terme de la durée, l’action est «\u00a0{found}\u00a0»\u00a0; l’une de celles-ci est attendue\u00a0: {expected} ({rule}, {reference}\u00a0: {requires_fr}). Modifiez «\u00a0then:\u00a0».',
  },
  E_PARTITION_KIND: {
    severity: 'error',
    en: '"{kind}" drops whole partitions, without looking at single rows, but "{found}" in the data map asks to look at them. Remove "partitions: drop", or "{found}".',
    fr: '«\u00a0{kind}\u00a0» supprime des partitions entières, sans regarder chaque ligne, mais «\u00a0{found}\u00a0» dans la carte des données demande de le faire. Retirez «\u00a0partitions: drop\u00a0» ou «\u00a0{found}\u00a0».',
  },
  E_PARTITION_POLICY: {
    severity: 'error',
    en: '"{kind}" drops whole partitions, without looking at single rows, but "{found}" asks to look at them; expected "then: erase", counted from one column of the table, for all rows alike. Change the policy, or remove "partitions: drop" from the data map.',
    fr: '«\u00a0{kind}\u00a0» supprime des partitions entières, sans regarder chaque ligne, mais «\u00a0{found}\u00a0» demande de le faire\u00a0; «\u00a0then: erase\u00a0», compté depuis une seule colonne de la table et pour toutes les lignes, est attendu. Modifiez la règle, ou retirez «\u00a0partitions: drop\u00a0» de la carte des données.',
  },
  W_KIND_UNRULED: {
    severity: 'warning',
    en: '"{kind}" holds personal data, but no policy rules it and it does not leave with a person. Write a policy for it, or declare "of:" if it belongs to a person.',
    fr: '«\u00a0{kind}\u00a0» contient des données personnelles, mais aucune règle ne le couvre et il ne part avec aucune personne. Écrivez une règle à son sujet, ou déclarez «\u00a0of:\u00a0» s’il appartient à une personne.',
  },
  W_RECEIPTS_LONG: {
    severity: 'warning',
    en: 'A receipt can be given for {found_en}, and for so long something is kept that leads to a person who was erased. {limit_en} is enough to ask for a proof or to complain; shorten "receipts:".',
    fr: 'Un reçu peut être remis pendant {found_fr}, et pendant tout ce temps est conservé de quoi retrouver une personne effacée. {limit_fr} suffit pour demander une preuve ou se plaindre\u00a0; réduisez «\u00a0receipts:\u00a0».',
  },
  W_KEY_ALONE: {
    severity: 'warning',
    en: 'Nothing but its key tells a person of "{kind}" from a later one with the same key. After a restored backup a number can be given out twice, so "oubli replay" leaves everybody of "{kind}" to a person. Add to "identity" a column that never changes, such as the day of registration.',
    fr: 'Rien d’autre que sa clé ne distingue une personne de «\u00a0{kind}\u00a0» d’une autre venue plus tard avec la même clé. Après la restauration d’une sauvegarde, un numéro peut être attribué deux fois\u00a0; «\u00a0oubli replay\u00a0» laisse donc toute personne de «\u00a0{kind}\u00a0» à une décision humaine. Ajoutez à «\u00a0identity\u00a0» une colonne qui ne change jamais, comme la date d’inscription.',
  },
  ...mailRuleTexts,
} as const satisfies Readonly<Record<string, ProblemText>>

export type RuleCode = keyof typeof texts

export const ruleTexts: Readonly<Record<RuleCode, ProblemText>> = texts
