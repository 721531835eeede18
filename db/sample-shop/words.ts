/** The words that the sample shop is made of. Every name is common; no address or number can be anybody's. */

export type Words = readonly [string, ...string[]]
type Both = Readonly<Record<'fr' | 'en', Words>>

/** A list written as one text, its words apart by a comma. */
function words(text: string): Words {
  const [first = '', ...rest] = text.split(',').map((word) => word.trim().replace(/\s+/g, ' '))
  return [first, ...rest]
}

/** `name 1250, other name 980`: the last word is the value. */
function pairs(text: string): readonly [readonly [string, string], ...(readonly [string, string])[]] {
  const [first, ...rest] = words(text).map((word): readonly [string, string] => {
    const cut = word.lastIndexOf(' ')
    return [word.slice(0, cut), word.slice(cut + 1)]
  })
  return [first ?? ['', ''], ...rest]
}

export const firstNames: Both = {
  fr: words(`
    Adèle, Agathe, Alexis, Amélie, Antoine, Anaïs, Aurélien, Baptiste, Benoît, Bérénice,
    Camille, Capucine, Céline, Clément, Corentin, Damien, Élise, Éloïse, Émile, Étienne, Fanny,
    Florent, Gaëlle, Guillaume, Hélène, Hugo, Inès, Jérôme, Joséphine, Jules, Karim, Léa, Léo,
    Loïc, Louise, Lucie, Maël, Manon, Margaux, Mathilde, Nadia, Noémie, Océane, Pauline,
    Quentin, Raphaël, Rémi, Salomé, Samir, Solène, Théo, Valentin, Victoire, Xavier, Yasmine,
    Yves, Zoé`),
  en: words(`
    Abigail, Aidan, Alice, Amber, Andrew, Beatrice, Ben, Bridget, Callum, Charlotte, Chris,
    Daisy, Daniel, Deepa, Edward, Eleanor, Emma, Ethan, Fiona, Frances, George, Grace, Hannah,
    Harry, Isla, Jack, Jasmine, Joseph, Kate, Kieran, Laura, Liam, Lucy, Martha, Megan, Nathan,
    Nora, Oliver, Owen, Patrick, Phoebe, Priya, Rebecca, Rory, Ruth, Sean, Sophie, Stella,
    Thomas, Violet, Will`),
}

export const lastNames: Both = {
  fr: words(`
    Aubert, Barbier, Benali, Blanchard, Bonnet, Boyer, Caron, Chevalier, Colin, Da Silva,
    Delorme, Deschamps, Diallo, Dumas, Dupuis, Fabre, Faure, Fontaine, Garnier, Gauthier,
    Girard, Guérin, Haddad, Hamel, Jacquet, Lacroix, Lambert, Le Goff, Lefèvre, Leroux,
    Marchand, Mercier, Morel, Nguyen, Noël, Perrin, Picard, Renaud, Rolland, Roussel, Royer,
    Schmitt, Tessier, Vasseur, Vidal, Weber`),
  en: words(`
    Abbott, Ahmed, Atkinson, Bailey, Barker, Bell, Bennett, Brooks, Burton, Carter, Chapman,
    Cole, Dawson, Ellis, Fletcher, Foster, Gibson, Gordon, Graham, Harper, Hudson, Hughes,
    Jennings, Kaur, Lawson, Marsh, Mason, Murphy, O'Brien, Palmer, Parker, Patel, Porter, Reed,
    Sharp, Shaw, Spencer, Stone, Sutton, Walsh, Watts, Webb, Whitmore, Wilkinson, Young`),
}

/** Town and postcode. */
export const places = pairs(`
    Paris 75011, Lyon 69003, Marseille 13006, Toulouse 31000, Nantes 44000, Lille 59800, Rennes
    35000, Bordeaux 33000, Nice 06000, Strasbourg 67000, Brest 29200, Dijon 21000, Tours 37000,
    Grenoble 38000, Annecy 74000`)

export const streets: Words = [
  'rue des Lilas',
  'avenue de la Gare',
  'place du Marché',
  'rue du Moulin',
  'allée des Tilleuls',
  'chemin des Vignes',
  'rue de la Fontaine',
  'quai des Brumes',
]

/** Name and price in cents. */
export const products = pairs(`
    Beeswax candle 1250, Linen tea towel 980, Oak bread board 3400, Enamel coffee pot 4250, Wool
    blanket 8900, Cast iron pan 6400, Stoneware bowl 2150, Copper kettle 11900, Reading lamp
    7450, Cotton apron 2790, Garden secateurs 3195, Walnut stool 14500, Four brass hooks 1890,
    Glass carafe 2300, Cherry wood spoon 790, Leather notebook 2650, Six pantry jars 3900, Felt
    slippers 4490, Pinewood shelf 9600, Wall clock 6850`)

export const opinions: Both = {
  fr: [
    'Très bien fini, livré vite.',
    'Conforme à la description.',
    'La couleur est plus claire que sur la photo.',
    'Je rachèterai sans hésiter.',
    'Un peu lourd, mais solide.',
    'Offert à ma sœur, elle est ravie.',
  ],
  en: [
    'Well made and quick to arrive.',
    'Just as described.',
    'Lighter in colour than the picture.',
    'I would buy it again.',
    'A bit heavy, but it will last.',
    'A present for my sister, who loves it.',
  ],
}

export const questions: Both = {
  fr: ['Où en est ma commande ?', 'Article arrivé abîmé', 'Changement d’adresse', 'Demande de facture'],
  en: ['Where is my order?', 'Item arrived damaged', 'Change of address', 'Invoice wanted'],
}

export const answers: Both = {
  fr: ['Bonjour, voici le détail demandé.', 'Merci, c’est réglé.', 'Je vous joins une photo.'],
  en: ['Hello, here is what you asked for.', 'Thank you, that is settled.', 'I attach a picture.'],
}

export const bios: Both = {
  fr: ['Cuisine du dimanche.', 'Jardin, marché, brocante.', 'Deux enfants, un chat, peu de temps.'],
  en: ['Cooks on Sundays.', 'Gardens and flea markets.', 'Two children, one cat, little time.'],
}

export const browsers: Words = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
]

export const devices: Words = ['phone app', 'tablet app', 'kitchen display', 'watch']
export const paths: Words = ['/', '/products', '/products/lamps', '/basket', '/about', '/delivery']
