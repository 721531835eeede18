/** Problems of what leaves together: links, references, rings, archives. */
import type { ProblemText } from '../policies/problem-text.ts'

export const cascadeTexts = {
  E_DEPARTURE_NEEDED: {
    severity: 'error',
    en: '"{kind}" holds people or an archive and would leave without a word. Say what becomes of it:\n{stub}',
    fr: '« {kind} » contient des personnes ou une archive et partirait sans un mot. Dites ce qu’elle devient :\n{stub}',
  },
  E_PERSON_WITH_PERSON: {
    severity: 'error',
    en: '"{kind}" are people: erased with somebody else they would get no warning, no evidence and no tombstone of their own. Write `detach` or { keep: why } here, and a policy for "{kind}".',
    fr: '« {kind} » sont des personnes : effacées avec quelqu’un d’autre, elles n’auraient ni avertissement, ni preuve, ni trace d’effacement à elles. Écrivez ici `detach` ou { keep: pourquoi }, et une règle pour « {kind} ».',
  },
  E_RULE_OUT_OF_REACH: {
    severity: 'error',
    en: 'The rule for "{kind}" cannot be carried out: the rows of "{above}" stay, and nothing leads through them.',
    fr: 'La consigne pour « {kind} » est sans voie : les lignes de « {above} » restent, et rien n’y conduit.',
  },
  E_RULE_WITHOUT_EFFECT: {
    severity: 'error',
    en: '`but` names "{name}", which does not leave with this policy. Correct or remove it.',
    fr: '`but` nomme « {name} », qui ne part pas avec cette règle. Corrigez ou retirez.',
  },
  E_DETACH_NOT_NULL: {
    severity: 'error',
    en: '"{kind}" cannot be detached: "{table}" does not allow NULL in ({column}).',
    fr: '« {kind} » ne peut pas être détaché : « {table} » n’accepte pas NULL dans ({column}).',
  },
  E_DETACH_ARCHIVED: {
    severity: 'error',
    en: '`{name}` would be emptied before "{kind}" is archived, and its archive copies {column}: the copy would be empty. In data-map.yml, take {column} out of the `columns` of that archive, which is then kept without it.[[ Or take `{spare}` out of `but`: rows of "{kind}" then go first, and nothing has to be emptied.]][[ Or keep the copy, and say instead of the rule that those rows go too, also where they are of somebody else:\n{stub}]]',
    fr: '`{name}` serait vidé avant l’archivage de « {kind} », dont l’archive copie {column} : la copie serait vide. Dans data-map.yml, retirez {column} des `columns` de cette archive, qui sera conservée sans elle.[[ Ou retirez `{spare}` de `but` : les lignes de « {kind} » partent alors d’abord, et rien n’est à vider.]][[ Ou gardez la copie, et dites au lieu de cette consigne que ces lignes partent aussi, même celles de quelqu’un d’autre :\n{stub}]]',
  },
  E_TWO_ACTS: {
    severity: 'error',
    en: 'Rows of "{table}" are archived as "{archived}" and erased as "{erased}": a row that is both could go without reaching the archive. Archive both (`{rule}`, with an `archive` in the data map), or neither, or keep their rows apart: by a constant in the `link` of each, or by `only` for the policy’s own.',
    fr: 'Des lignes de « {table} » sont archivées comme « {archived} » et effacées comme « {erased} » : une ligne qui est les deux pourrait partir sans passer par l’archive. Archivez les deux (`{rule}`, avec une `archive` dans la carte), ou aucune, ou séparez leurs lignes : par une constante dans le `link` de chacune, ou par `only` pour celles de la règle elle-même.',
  },
  E_ARCHIVED_EMPTIED: {
    severity: 'error',
    en: 'Rows of "{table}" are archived as "{archived}", which copies {column}, and "{emptied}" empties that: a row that is both would be copied empty. Archive both (`but: { {emptied}: archive }`, with an `archive` in the data map), or take the column out of the archive, or keep their rows apart: by a constant in the `link` of each, or by `only` for the policy’s own.',
    fr: 'Des lignes de « {table} » sont archivées comme « {archived} », ce qui copie {column}, et « {emptied} » le vide : une ligne qui est les deux serait copiée vide. Archivez les deux (`but: { {emptied}: archive }`, avec une `archive` dans la carte), ou retirez la colonne de l’archive, ou séparez leurs lignes : par une constante dans le `link` de chacune, ou par `only` pour celles de la règle elle-même.',
  },
  E_TWO_ARCHIVES: {
    severity: 'error',
    en: 'Rows of "{table}" are archived as "{archived}" and as "{other}", into different tables or with different columns: of a row that is both, whichever comes first decides what is kept. Give both the same `archive` in the data map, or keep their rows apart: by a constant in the `link` of each, or by `only` for the policy’s own.',
    fr: 'Des lignes de « {table} » sont archivées comme « {archived} » et comme « {other} », dans d’autres tables ou avec d’autres colonnes : pour une ligne qui est les deux, la première venue décide de ce qui reste. Donnez aux deux la même `archive` dans la carte, ou séparez leurs lignes : par une constante dans le `link` de chacune, ou par `only` pour celles de la règle elle-même.',
  },
  E_BELOW_ONE_NAME: {
    severity: 'error',
    en: 'Rows of "{toTable}" leave as "{kind}" and as "{other}", and what hangs on them in "{table}" leaves as "{child}" of "{kind}" alone. Where a row is both and goes as "{other}", that would stay with nothing to lead to it any more, or keep the row from going. Give it a name below "{other}" too, with the other words of "{child}" (`personal`, `archive`) and its word in `but`:\n{stub}\nOr keep the rows of "{kind}" and "{other}" apart: by a constant in the `link` of each, or by `only` for the policy’s own.',
    fr: 'Des lignes de « {toTable} » partent comme « {kind} » et comme « {other} », et ce qui en dépend dans « {table} » part comme « {child} » de « {kind} » seulement. Si une ligne est les deux et part comme « {other} », cela resterait sans que rien n’y mène plus, ou empêcherait la ligne de partir. Donnez-lui aussi un nom sous « {other} », avec les autres mots de « {child} » (`personal`, `archive`) et sa consigne dans `but` :\n{stub}\nOu séparez les lignes de « {kind} » et de « {other} » : par une constante dans le `link` de chacune, ou par `only` pour celles de la règle elle-même.',
  },
  E_FOUND_NO_MORE: {
    severity: 'error',
    en: 'Rows of "{table}" are found as "{kind}" by {column}, and "{other}" changes that in rows that stay: a row that is both would never be found as "{kind}" again, and keep what should go. Keep their rows apart: by a constant in the `link` of each, or by `only` for the policy’s own.[[ Or let "{other}" go too (`but: { {other}: {act} }`).]][[ Or leave {own} out of the `personal` of "{other}" ({ keep: why }).]][[ Or anonymise both "{same}" and "{other}", with the same `personal`.]]',
    fr: 'Des lignes de « {table} » se trouvent comme « {kind} » par {column}, que « {other} » change dans des lignes qui restent : une ligne qui est les deux ne serait plus jamais trouvée comme « {kind} » et garderait ce qui doit partir. Séparez leurs lignes : par une constante dans le `link` de chacune, ou par `only` pour celles de la règle elle-même.[[ Ou faites partir aussi « {other} » (`but: { {other}: {act} }`).]][[ Ou laissez {own} hors du `personal` de « {other} » ({ keep: pourquoi }).]][[ Ou anonymisez à la fois « {same} » et « {other} », avec le même `personal`.]]',
  },
  E_OWN_CLOCK_STARVED: {
    severity: 'error',
    en: 'This policy counts from {source}, and as "{other}" takes or changes rows of "{table}"[[ ({column})]]: also rows by which others of "{kind}" stay. They would look older or newer than they are, and active people would be erased. Keep the rows apart by a constant in the `link` of "{other}", or count from another column.[[ Or let {column} be ({ keep: why } under the `personal` of "{own}", or `but: { {own}: { keep: why } }`).]][[ Or let those rows stay where their link may be NULL (`but: { {letting}: detach }`, or { keep: why } there).]]',
    fr: 'Cette règle compte depuis {source}, et comme « {other} » elle prend ou change des lignes de « {table} »[[ ({column})]] : aussi des lignes par lesquelles d’autres « {kind} » restent. Ces personnes paraîtraient plus anciennes ou plus récentes, et des personnes actives seraient effacées. Séparez les lignes par une constante dans le `link` de « {other} », ou comptez depuis une autre colonne.[[ Ou laissez {column} en l’état ({ keep: pourquoi } sous `personal` de « {own} », ou `but: { {own}: { keep: pourquoi } }`).]][[ Ou laissez ces lignes en place si leur lien accepte NULL (`but: { {letting}: detach }`, ou là { keep: pourquoi }).]]',
  },
  E_ANONYMISE_NOT_NULL: {
    severity: 'error',
    en: '"{kind}" cannot be anonymised: its link ({column}) in "{table}" would still name the person and may not be NULL.',
    fr: '« {kind} » ne peut pas être anonymisé : son lien ({column}) dans « {table} » nommerait encore la personne et n’accepte pas NULL.',
  },
  E_KEEP_CASCADE: {
    severity: 'error',
    en: '"{kind}" shall be kept, but the foreign key {key} deletes it along (ON DELETE CASCADE). Anonymise instead, or change the key.',
    fr: '« {kind} » doit rester, mais la clé étrangère {key} la supprime (ON DELETE CASCADE). Anonymisez, ou changez la clé.',
  },
  E_KEEP_NOT_NULL: {
    severity: 'error',
    en: '"{kind}" shall be kept, but its link ({column}) in "{table}" may not be NULL, so the row it points at cannot go. Anonymise that one instead.',
    fr: '« {kind} » doit rester, mais son lien ({column}) dans « {table} » n’accepte pas NULL : la ligne visée ne peut pas partir. Anonymisez plutôt celle-ci.',
  },
  E_UNCLASSIFIED_KEY: {
    severity: 'error',
    en: 'The foreign key {key} leads from "{table}" ({column}) to rows of "{toTable}" that go, and nobody said what becomes of its rows. Add:\n{stub}',
    fr: 'La clé étrangère {key} mène de « {table} » ({column}) à des lignes de « {toTable} » qui partent, et rien ne dit ce que deviennent les siennes. Ajoutez :\n{stub}',
  },
  E_REFERENCE_RULE: {
    severity: 'error',
    en: 'A single reference can only be detached: `{name}` ({key} to "{toTable}") says something else. Write:\n{stub}',
    fr: 'Une référence seule ne peut qu’être détachée : `{name}` ({key} vers « {toTable} ») dit autre chose. Écrivez :\n{stub}',
  },
  E_CASCADE_OUTSIDE: {
    severity: 'error',
    en: 'The foreign key {key} deletes rows of "{table}" along with "{toTable}" (ON DELETE CASCADE), unseen by the plan. Describe "{table}" as a kind, or change the key.',
    fr: 'La clé étrangère {key} supprime des lignes de « {table} » avec « {toTable} » (ON DELETE CASCADE), à l’insu du plan. Décrivez « {table} » comme catégorie, ou changez la clé.',
  },
  E_CASCADE_OTHER_ROWS: {
    severity: 'error',
    en: 'The foreign key {key} deletes every row of "{table}" along with "{toTable}" (ON DELETE CASCADE), and the data map knows only those with the constants of {kinds}: the others would go unseen. Describe "{table}" as one kind without constants in its link, or change the key to RESTRICT.',
    fr: 'La clé étrangère {key} supprime toutes les lignes de « {table} » avec « {toTable} » (ON DELETE CASCADE), et la carte ne connaît que celles qui ont les constantes de {kinds} : les autres partiraient à l’insu du plan. Décrivez « {table} » comme une seule catégorie sans constantes dans son lien, ou passez la clé en RESTRICT.',
  },
  E_CASCADE_BESIDE: {
    severity: 'error',
    en: 'The foreign key {key} (ON DELETE {rule}) reaches every row of "{table}" whose {column} leads to a row of "{toTable}" that goes: rows of other people would go or change too, unseen by the plan. Say what becomes of them:\n{stub}',
    fr: 'La clé étrangère {key} (ON DELETE {rule}) touche toute ligne de « {table} » dont {column} mène à une ligne de « {toTable} » qui part : des lignes d’autres personnes partiraient ou changeraient aussi, à l’insu du plan. Dites ce qu’elles deviennent :\n{stub}',
  },
  E_CASCADE_SELF: {
    severity: 'error',
    en: 'The foreign key {key} (ON DELETE {rule}) reaches every row of "{table}" whose {column} leads to a row that goes: an answer of somebody else would go or change too, unseen by the plan. Allow NULL in {column}, and it is only emptied, or change the key to RESTRICT: then the answer of somebody else sets its person aside, every night anew.',
    fr: 'La clé étrangère {key} (ON DELETE {rule}) touche toute ligne de « {table} » dont {column} mène à une ligne qui part : la réponse de quelqu’un d’autre partirait ou changerait aussi, à l’insu du plan. Acceptez NULL dans {column}, qui sera seulement vidée, ou passez la clé en RESTRICT : la réponse de quelqu’un d’autre met alors la personne de côté, chaque nuit de nouveau.',
  },
  E_CYCLE: {
    severity: 'error',
    en: 'Rows refer to each other in a ring that nothing can open: {path}. One of these columns has to allow NULL (and must not be copied to an archive).[[ Or let the rows of "{one}" or of "{other}" stay by a word in `but`, or describe one kind fewer: a row that stays and refers to one that goes then sets its person aside, every night anew.]]',
    fr: 'Des lignes se réfèrent en cercle sans issue : {path}. L’une de ces colonnes doit accepter NULL (et ne pas être copiée dans une archive).[[ Ou laissez en place les lignes de « {one} » ou de « {other} » par une consigne dans `but`, ou décrivez une catégorie de moins : une ligne qui reste et se réfère à une qui part met alors la personne de côté, chaque nuit de nouveau.]]',
  },
  E_ARCHIVE_MISSING: {
    severity: 'error',
    en: '"{kind}" shall be archived, but the data map says no `archive` for it.',
    fr: '« {kind} » doit être archivé, mais la carte ne lui donne pas d’`archive`.',
  },
  E_ARCHIVE_TABLE: {
    severity: 'error',
    en: 'The archive "{into}" of "{kind}" has no table in this database.',
    fr: 'L’archive « {into} » de « {kind} » n’a pas de table dans cette base.',
  },
  E_ARCHIVE_EMPTY: {
    severity: 'error',
    en: 'The archive of "{kind}" copies no column.',
    fr: 'L’archive de « {kind} » ne copie aucune colonne.',
  },
  E_ARCHIVE_COLUMN: {
    severity: 'error',
    en: 'The archive names "{table}.{column}", which does not exist.[[ Did you mean "{near}"?]]',
    fr: 'L’archive nomme « {table}.{column} », qui n’existe pas.[[ Vouliez-vous dire « {near} » ?]]',
  },
  E_ARCHIVE_TYPE: {
    severity: 'error',
    en: '"{table}.{column}" ({toType}) cannot take every value of {from} ({fromType}).',
    fr: '« {table}.{column} » ({toType}) ne peut pas recevoir toutes les valeurs de {from} ({fromType}).',
  },
} as const satisfies Record<string, ProblemText>
