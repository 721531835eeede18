/** What a proposed file says in its comments, in both languages. Parameters are names of the schema and counts. */
import { fillText } from '../../policies/problem-text.ts'
import type { Language } from '../../policies/problem.ts'
import type { Meaning } from './meanings.ts'

export interface Remark {
  readonly code: keyof typeof texts
  readonly params: Readonly<Record<string, string>>
}

export function remark(code: Remark['code'], params: Remark['params'] = {}): Remark {
  return { code, params }
}

/** One sentence or two, without the sign of a comment. */
export function remarkText({ code, params }: Remark, lang: Language): string {
  const { looks } = params
  const known = looks !== undefined && Object.hasOwn(looksFrench, looks) && lang === 'fr'
  return fillText(texts[code][lang], known ? { ...params, looks: looksFrench[looks] ?? looks } : params)
}

const looksFrench: Readonly<Record<string, string>> = {
  'a day as a number': 'un jour écrit comme un nombre',
  'a written date': 'une date écrite à la main',
  bytes: 'des octets',
  'nothing yet': 'rien encore, la colonne est vide',
  'something else': 'autre chose',
  'epoch seconds': 'secondes depuis 1970',
  'epoch milliseconds': 'millisecondes depuis 1970',
  'date and time': 'date et heure',
}

export function meaningText(meaning: Meaning | 'link', lang: Language): string {
  return meanings[meaning][lang]
}

const meanings: Readonly<Record<Meaning | 'link', Readonly<Record<Language, string>>>> = {
  email: { en: 'mail addresses', fr: 'adresses électroniques' },
  ip: { en: 'IP addresses', fr: 'adresses IP' },
  'user agent': { en: 'browsers', fr: 'navigateurs' },
  birth: { en: 'births', fr: 'naissances' },
  'birth year': { en: 'years of birth', fr: 'années de naissance' },
  age: { en: 'ages', fr: 'âges' },
  bank: { en: 'numbers of accounts, cards or taxes', fr: 'numéros de compte, de carte ou d’impôt' },
  phone: { en: 'phone numbers', fr: 'numéros de téléphone' },
  name: { en: 'names', fr: 'noms' },
  login: { en: 'logins', fr: 'identifiants' },
  secret: { en: 'passwords, keys or devices', fr: 'mots de passe, clés ou appareils' },
  address: { en: 'addresses', fr: 'adresses' },
  postcode: { en: 'postcodes', fr: 'codes postaux' },
  place: { en: 'places', fr: 'lieux' },
  picture: { en: 'pictures or files', fr: 'images ou fichiers' },
  trait: { en: 'traits of a person', fr: 'traits d’une personne' },
  prose: { en: 'free text', fr: 'texte libre' },
  json: { en: 'JSON or packed data', fr: 'JSON ou données groupées' },
  'key-value': { en: 'values of key-value rows', fr: 'valeurs de lignes clé-valeur' },
  web: { en: 'pages or profiles', fr: 'pages ou profils' },
  'thing or person': { en: 'names of people or of things', fr: 'noms de personnes ou de choses' },
  link: { en: 'another person', fr: 'une autre personne' },
}

const texts = {
  linkGuessed: {
    en: 'no foreign key says so; {columns} looks like it[[, and {found} of {asked} sampled values are there]].',
    fr: 'aucune clé étrangère ne le dit ; {columns} y ressemble[[, et {found} valeurs sur {asked} s’y trouvent]].',
  },
  linkDoubted: {
    en: '{columns} sounds like {to}, but only {found} of {asked} sampled values are there. If it is a link, add it.',
    fr: '{columns} fait penser à {to}, mais {found} valeurs sur {asked} seulement s’y trouvent. Si c’est un lien, ajoutez-le.',
  },
  linkEither: {
    en: '{columns} may mean {to} or {others}: where both have such values, no sample tells them apart. Look in the code: by the wrong one, rows leave with somebody else.',
    fr: '{columns} peut désigner {to} ou {others} : quand les deux ont de telles valeurs, aucun échantillon ne tranche. Voyez dans le code : par le mauvais lien, des lignes partent avec quelqu’un d’autre.',
  },
  linkPart: {
    en: 'the key of {to} has {rest} beside {key}, which is no part of the person. The plan refuses this link until {to} has a unique index on {key}: add one if each person has one row there.',
    fr: 'la clé de {to} a {rest} à côté de {key}, et cela ne fait pas la personne. Le plan refuse ce lien tant que {to} n’a pas d’index unique sur {key} : ajoutez-le si chacun n’y a qu’une ligne.',
  },
  written: {
    en: '{columns} names who wrote it or saw to it, and it may be the site’s own: pages, products, answers. It goes with {parent} unless a policy says otherwise, under but.',
    fr: '{columns} dit qui l’a écrit ou s’en est occupé, et ce peut être au site : pages, produits, réponses. Cela part avec {parent}, sauf si une règle dit autre chose sous but.',
  },
  othersOn: {
    en: 'rows of other people ({tables}) hang on these, and lead nowhere once these leave with {parent}. Decide under but whether {kind} goes, stays or becomes anonymous.',
    fr: 'des lignes d’autres personnes ({tables}) en dépendent et ne mènent nulle part quand elles partent avec {parent}. Décidez sous but si {kind} part, reste ou devient anonyme.',
  },
  linkNobody: {
    en: '{nobody} of {rows} sampled rows lead to nobody: no policy of {parent} reaches them. Write one for this kind, or they stay for ever.',
    fr: '{nobody} des {rows} lignes de l’échantillon ne mènent à personne : aucune règle de {parent} ne les atteint. Écrivez-en une pour cette catégorie, sinon elles restent à jamais.',
  },
  linkOther: {
    en: '{columns} names a row of {to} as well; what becomes of it when that one leaves?',
    fr: '{columns} désigne aussi une ligne de {to} ; que devient-elle quand celle-ci part ?',
  },
  pairSeen: {
    en: '{type} says whose row it is. These words were seen in a sample; look whether there are others.',
    fr: '{type} dit à qui est la ligne. Ces mots ont été vus dans un échantillon ; voyez s’il y en a d’autres.',
  },
  pairUnknown: {
    en: '{type} with {id} can point at people, and no word of the sample names a table that they compare with.',
    fr: '{type} avec {id} peut désigner des personnes, et aucun mot de l’échantillon ne nomme une table comparable.',
  },
  personUnsure: {
    en: 'are these people? They have an address and no password; companies would be another matter.',
    fr: 'sont-ce des personnes ? Elles ont une adresse et pas de mot de passe ; des sociétés seraient autre chose.',
  },
  noIdentity: {
    en: 'nothing tells a person from a later one with the same key: add identity if a column can.',
    fr: 'rien ne distingue une personne d’une autre venue plus tard avec la même clé : ajoutez identity si possible.',
  },
  keyPersonal: {
    en: 'the key itself ({columns}) may name a person, so rows that stay are not anonymous.',
    fr: 'la clé elle-même ({columns}) peut nommer une personne : une ligne qui reste n’est pas anonyme.',
  },
  noLife: {
    en: 'no clock of sign-ins was found; who is active may look silent. Find one before anything is enforced.',
    fr: 'aucune horloge de connexion trouvée ; un actif peut sembler silencieux. Trouvez-en une avant d’appliquer.',
  },
  noWarning: {
    en: 'no `warn:` is proposed: each mail says that signing in keeps the account, and no sign-in moves this date.',
    fr: 'pas de `warn:` proposé : chaque courriel dit qu’une connexion garde le compte, et aucune ne déplace cette date.',
  },
  lifeBelow: {
    en: 'no clock of sign-ins in {table}; taken from what hangs on it. Are these acts of the person?',
    fr: 'pas d’horloge de connexion dans {table} ; prise dans ce qui en dépend. Sont-ce des actes de la personne ?',
  },
  clockUnreadable: {
    en: 'the clock {column} cannot be read as it is ({looks}).',
    fr: 'l’horloge {column} ne se lit pas telle quelle ({looks}).',
  },
  clockUnordered: {
    en: 'the texts of {column} stand in several offsets: it can be a second source, never the first.',
    fr: 'les textes de {column} ont plusieurs décalages : seconde source possible, jamais la première.',
  },
  clockUnused: {
    en: '{column} can be a sign of life as well and is not among the sources: add it, unless it is no act of the person.',
    fr: '{column} peut aussi être un signe de vie et n’est pas parmi les sources : ajoutez-la, sauf si la personne n’y est pour rien.',
  },
  clockInPairs: {
    en: 'rows of {table} with {name} = {word} hold a time in {value} ({looks}). If it is an act of the person, add it: { column: {table}.{value}, where: { {name}: {word} }, format: … }.',
    fr: 'les lignes de {table} où {name} = {word} portent une date dans {value} ({looks}). Si c’est un acte de la personne, ajoutez-la : { column: {table}.{value}, where: { {name}: {word} }, format: … }.',
  },
  pairs: {
    en: 'key-value rows: every value of {value} is treated as personal.[[ Known names seen: {words}.]]',
    fr: 'lignes clé-valeur : toute valeur de {value} est traitée comme personnelle.[[ Noms connus vus : {words}.]]',
  },
  jsonKeys: {
    en: '{column} is JSON with personal keys: {keys}.',
    fr: '{column} est du JSON avec des clés personnelles : {keys}.',
  },
  jsonRest: {
    en: '{columns}: only the places in the list leave the documents. Look whether the rest names nobody.',
    fr: '{columns} : seuls les endroits de la liste quittent les documents. Voyez si le reste ne désigne personne.',
  },
  clockInJson: {
    en: '{column} is JSON with {keys}, and the sample does not show a time that can be read there. If it is a sign of life, add it: { column: {column}, path: $.…, format: … }.',
    fr: '{column} est du JSON avec {keys}, et l’échantillon n’y montre pas de date lisible. Si c’est un signe de vie, ajoutez-le : { column: {column}, path: $.…, format: … }.',
  },
  noStrategy: {
    en: '{columns}: personal, and nothing that anonymising could write fits. Rows can only be erased.',
    fr: '{columns} : personnel, et rien de ce que l’anonymisation écrirait ne convient. Effacement seulement.',
  },
  oddColumns: {
    en: 'columns with names that this file cannot carry: {columns}.',
    fr: 'colonnes dont ce fichier ne peut porter le nom : {columns}.',
  },
  empty: {
    en: 'the table was empty: judged by names and types alone.',
    fr: 'la table était vide : jugée par les noms et les types seuls.',
  },
  addressesCut: {
    en: 'addresses are usually cut after six months, by a policy with `then: truncate fields`.',
    fr: 'les adresses se tronquent d’habitude après six mois, par une règle avec `then: truncate fields`.',
  },
  partKept: {
    en: '{columns}: a part stays ({ generalised: first characters }, { bucketed: width }). Leave less where few people live or are as old: with what else stays it may name somebody.',
    fr: '{columns} : une part reste ({ generalised: premiers caractères }, { bucketed: largeur }). Laissez-en moins là où peu de gens vivent ou ont cet âge : avec le reste, elle peut désigner quelqu’un.',
  },
  noStart: {
    en: 'no policy is proposed: no column that can be read says from when a row counts.',
    fr: 'aucune règle proposée : aucune colonne lisible ne dit à partir de quand une ligne compte.',
  },
  noContact: {
    en: 'no policy is proposed: no column holds mail addresses as text, so nobody could be warned.',
    fr: 'aucune règle proposée : aucune colonne de texte ne porte d’adresse, donc personne ne serait averti.',
  },
  noPrimaryKey: {
    en: 'it has no primary key, so its rows cannot be locked one by one. Add one.',
    fr: 'elle n’a pas de clé primaire : ses lignes ne se verrouillent pas une à une. Ajoutez-en une.',
  },
  noRollback: {
    en: 'it is not InnoDB: an erasure could stop half-way, or not see who comes back meanwhile. Convert it.',
    fr: 'elle n’est pas en InnoDB : un effacement pourrait rester à moitié fait, ou ne pas voir qui revient entre-temps. Passez-la en InnoDB.',
  },
  versioned: {
    en: 'it keeps every past version of its rows, so nothing erased would be gone. End that: ALTER TABLE {table} DROP SYSTEM VERSIONING.',
    fr: 'elle garde toutes les versions passées de ses lignes : rien d’effacé ne serait parti. Mettez-y fin : ALTER TABLE {table} DROP SYSTEM VERSIONING.',
  },
  oddTable: {
    en: 'the name of the table or of its key cannot stand in this file.',
    fr: 'le nom de la table ou de sa clé ne peut pas figurer dans ce fichier.',
  },
  accounting: {
    en: '{kinds}: the law asks to keep such records for years. Decide: archive, anonymise or detach.',
    fr: '{kinds} : la loi demande de garder ces pièces des années. Décidez : archive, anonymise ou detach.',
  },
  writtenStays: {
    en: '{kinds}: written or handled by who leaves, perhaps for the site. As proposed it stays, with its personal columns. Decide: keep with your reason, detach, anonymise or erase.',
    fr: '{kinds} : écrit ou traité par qui part, peut-être pour le site. Tel que proposé, cela reste, colonnes personnelles comprises. Décidez : keep avec votre motif, detach, anonymise ou erase.',
  },
  writtenGoes: {
    en: '{kinds}: written or handled by who leaves, perhaps for the site, and it goes with them, because its foreign key takes no NULL. Give such rows to somebody else first, or decide that they go.',
    fr: '{kinds} : écrit ou traité par qui part, peut-être pour le site, et cela part aussi, car sa clé étrangère n’accepte pas NULL. Donnez d’abord ces lignes à quelqu’un d’autre, ou décidez qu’elles partent.',
  },
  othersGo: {
    en: '{kinds}: rows of other people hang on these and lead nowhere once they are gone. Decide: erase, or under but keep, detach or anonymise.',
    fr: '{kinds} : des lignes d’autres personnes en dépendent et ne mènent nulle part ensuite. Décidez : erase, ou sous but keep, detach ou anonymise.',
  },
  notNull: {
    en: '{column} cannot be NULL and its foreign key leads to rows that go: doctor refuses until somebody rules it.',
    fr: '{column} n’accepte pas NULL et sa clé étrangère mène à des lignes qui partent : doctor refuse tant que rien ne le règle.',
  },
  notEmptied: {
    en: 'the foreign key of {column} leads to rows that go, and no detach is proposed, because the key takes its own rows along (ON DELETE CASCADE) or the table is not proposed here: doctor refuses until somebody rules it.',
    fr: 'la clé étrangère de {column} mène à des lignes qui partent, et aucun detach n’est proposé, car la clé emporte ses propres lignes (ON DELETE CASCADE) ou la table n’est pas proposée ici : doctor refuse tant que rien ne le règle.',
  },
  term: {
    en: 'the period is a proposal, not advice: write yours, and why.',
    fr: 'la durée est une proposition, non un conseil : écrivez la vôtre, et pourquoi.',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>
