/** French for what a receipt says was done; the key is the English. */
export const receiptFrench = {
  'A person was erased on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Une personne a été effacée le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A person left the active tables on {at} under the policy {policy}, terms {terms}…: erased or moved to an archive, as the rows say[[; rows: {tables}]].':
    'Une personne a quitté les tables actives le {at} selon la règle {policy}, version {terms}… : effacée ou déplacée dans une archive, comme le disent les lignes[[ ; lignes : {tables}]].',
  'A person was anonymised on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Une personne a été anonymisée le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A person had a consent withdrawn on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Le consentement d’une personne a été retiré le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A person had fields truncated on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Une personne a eu des champs tronqués le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A batch was erased on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Un lot a été effacé le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A batch was anonymised on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Un lot a été anonymisé le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A batch was archived on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Un lot a été archivé le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A batch had its fields truncated on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Un lot a eu ses champs tronqués le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
  'A batch had its consents withdrawn on {at} under the policy {policy}, terms {terms}…[[; rows: {tables}]].':
    'Un lot a eu ses consentements retirés le {at} selon la règle {policy}, version {terms}…[[ ; lignes : {tables}]].',
} as const
