/** What lint says when a file cannot be read as YAML, for people who have never heard of YAML. */
import type { ProblemTexts } from './problem-text.ts'

export const yamlTexts = {
  E_FILE_TOO_LARGE: {
    severity: 'error',
    en: 'The file has {found} bytes; at most {limit} are read. One policy needs a page: check that this is the right file.',
    fr: 'Le fichier compte {found} octets ; {limit} au plus sont lus. Une règle tient sur une page : vérifiez que c’est le bon fichier.',
  },
  E_LINE_TOO_LONG: {
    severity: 'error',
    en: 'This line has {found} characters; at most {limit} are read. Write ">" after the colon and put the text on several indented lines below.',
    fr: 'Cette ligne compte {found} caractères ; {limit} au plus sont lus. Écrivez « > » après les deux-points et répartissez le texte sur plusieurs lignes en retrait.',
  },
  E_NESTING_TOO_DEEP: {
    severity: 'error',
    en: 'Lists or mappings stand more than {limit} levels inside each other. Nothing here needs more than a few: look for brackets that are never closed.',
    fr: 'Des listes ou des groupes sont imbriqués sur plus de {limit} niveaux. Quelques-uns suffisent : cherchez des crochets ou des accolades jamais fermés.',
  },
  E_FILE_EMPTY: {
    severity: 'error',
    en: 'The file is empty. Write the policy or the data map, or remove the file.',
    fr: 'Le fichier est vide. Écrivez la règle ou la carte des données, ou supprimez le fichier.',
  },
  E_FILE_NOT_A_MAP: {
    severity: 'error',
    en: 'Expected lines of the form "key: value", found something else. Begin with the first key, for example "policy: my-policy".',
    fr: 'On attend des lignes de la forme « clé: valeur », on trouve autre chose. Commencez par la première clé, par exemple « policy: ma-regle ».',
  },
  E_YAML_SYNTAX: {
    severity: 'error',
    en: 'This cannot be read[[ from "{found}" on]]. Expected "key: value". If it is a text, put the whole of it in double quotes.',
    fr: 'Ceci est illisible[[ à partir de « {found} »]]. On attend « clé: valeur ». Si c’est un texte, mettez-le tout entier entre guillemets droits (").',
  },
  E_YAML_COLON: {
    severity: 'error',
    en: 'A colon followed by a space breaks this sentence in two. Put the whole sentence in double quotes: because: "The law says: ten years".',
    fr: 'Deux-points suivis d’une espace coupent cette phrase en deux. Mettez toute la phrase entre guillemets droits : because: "La loi dit : dix ans".',
  },
  E_YAML_HASH: {
    severity: 'error',
    en: 'Everything from "{found}" on is read as a remark and lost. If it belongs to the text, put the whole text in double quotes; if it is a remark, write it on a line of its own, beginning with "# ".',
    fr: 'Tout ce qui suit à partir de « {found} » est lu comme une remarque et perdu. Si cela fait partie du texte, mettez tout le texte entre guillemets droits (") ; si c’est une remarque, écrivez-la sur sa propre ligne, commençant par « # ».',
  },
  E_YAML_CURLY_QUOTES: {
    severity: 'error',
    en: 'Found {found} with the curly quotation marks of a word processor: they would become part of the text. Use straight quotes (") or none.',
    fr: 'On trouve {found} avec les guillemets d’un traitement de texte : ils feraient partie du texte. Utilisez des guillemets droits (") ou aucun.',
  },
  E_YAML_INDENT: {
    severity: 'error',
    en: 'The indentation does not fit, here or on the next line. Keys of one group begin in the same column, two spaces further right than the key above them.',
    fr: 'Le retrait ne convient pas, ici ou à la ligne suivante. Les clés d’un même groupe commencent à la même colonne, deux espaces plus à droite que la clé du dessus.',
  },
  E_YAML_TAB: {
    severity: 'error',
    en: 'Found a tab at the beginning of the line, expected spaces. Replace each tab by two spaces.',
    fr: 'On trouve une tabulation en début de ligne, on attend des espaces. Remplacez chaque tabulation par deux espaces.',
  },
  E_YAML_UNCLOSED: {
    severity: 'error',
    en: 'A quote, a square bracket or a brace was opened and not closed before this point. Close it, or put the text in double quotes.',
    fr: 'Un guillemet, un crochet ou une accolade a été ouvert et n’est pas fermé avant cet endroit. Fermez-le, ou mettez le texte entre guillemets droits (").',
  },
  E_YAML_RESERVED_CHARACTER: {
    severity: 'error',
    en: 'A value cannot begin with "{found}". Put the whole value in double quotes.',
    fr: 'Une valeur ne peut pas commencer par « {found} ». Mettez toute la valeur entre guillemets droits (").',
  },
  E_YAML_DUPLICATE_KEY: {
    severity: 'error',
    en: 'The key "{key}" stands here twice, and only one of the two could count. Keep the right one and remove the other.',
    fr: 'La clé « {key} » figure deux fois ici, et une seule pourrait compter. Gardez la bonne et supprimez l’autre.',
  },
  E_YAML_TAG: {
    severity: 'error',
    en: 'Found the tag "{found}". Tags are not used here. Remove it, or put the value in double quotes if the exclamation mark belongs to it.',
    fr: 'On trouve l’étiquette « {found} ». Les étiquettes ne sont pas utilisées ici. Retirez-la, ou mettez la valeur entre guillemets droits (") si le point d’exclamation en fait partie.',
  },
  E_YAML_ANCHOR: {
    severity: 'error',
    en: 'Found the anchor "{found}". Anchors are not used here: every policy says in full what holds. Remove it, or put the value in double quotes if "&" belongs to it.',
    fr: 'On trouve l’ancre « {found} ». Les ancres ne sont pas utilisées ici : chaque règle dit en entier ce qui vaut. Retirez-la, ou mettez la valeur entre guillemets droits (") si « & » en fait partie.',
  },
  E_YAML_ALIAS: {
    severity: 'error',
    en: 'Found a reference[[ "{found}"]] to another place of the file. References are not used here. Write the value out, or put it in double quotes if "*" belongs to it.',
    fr: 'On trouve un renvoi[[ « {found} »]] à un autre endroit du fichier. Les renvois ne sont pas utilisés ici. Écrivez la valeur en entier, ou mettez-la entre guillemets droits (") si « * » en fait partie.',
  },
  E_YAML_MERGE: {
    severity: 'error',
    en: 'Found the key "<<", which would merge another part of the file. Merging is not used here. Write the keys out.',
    fr: 'On trouve la clé « << », qui fusionnerait une autre partie du fichier. La fusion n’est pas utilisée ici. Écrivez les clés en entier.',
  },
  E_YAML_DIRECTIVE: {
    severity: 'error',
    en: 'Found the instruction "{found}" to the reader of the file. Remove the line.',
    fr: 'On trouve l’instruction « {found} » adressée au lecteur du fichier. Supprimez la ligne.',
  },
  E_YAML_SEVERAL_DOCUMENTS: {
    severity: 'error',
    en: 'The line "---" begins a second document; a file holds one policy. Move what follows to a file of its own.',
    fr: 'La ligne « --- » commence un second document ; un fichier contient une seule règle. Déplacez la suite dans son propre fichier.',
  },
  E_YAML_KEY: {
    severity: 'error',
    en: 'What stands before a colon must be one word or text. Write a key before the colon, or put the text in double quotes.',
    fr: 'Ce qui précède les deux-points doit être un mot ou un texte. Écrivez une clé avant les deux-points, ou mettez le texte entre guillemets droits (").',
  },
  E_YAML_RESERVED_KEY: {
    severity: 'error',
    en: 'The key "{key}" is not allowed, because programs use this name for themselves. Choose another name.',
    fr: 'La clé « {key} » n’est pas admise, car les programmes se réservent ce nom. Choisissez un autre nom.',
  },
} satisfies ProblemTexts
