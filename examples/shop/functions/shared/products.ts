export type Kind = 'beans' | 'brewing' | 'grinding' | 'cups';

export interface Product {
  sku: string;
  name: string;
  kind: Kind;
  /** Euro cents. */
  priceCents: number;
  /** One line under the name. */
  line: string;
  /** Paragraph on the product page. */
  story: string;
}

export const CURRENCY = 'EUR';

/** The shop's range. Every function has it in its package, so none has to ask another one for a price. */
export const PRODUCTS: readonly Product[] = [
  {
    sku: 'pour-over-set',
    name: 'Pour-over set',
    kind: 'brewing',
    priceCents: 4200,
    line: 'Dripper, carafe and forty filters',
    story:
      'A ceramic dripper with spiral ribs that let the water find its own pace, and a carafe that keeps six cups honest. The filters in the box last about a month.',
  },
  {
    sku: 'gooseneck-kettle',
    name: 'Gooseneck kettle',
    kind: 'brewing',
    priceCents: 6900,
    line: 'Pours a thread, not a flood',
    story:
      'Nine hundred millilitres, a counterweighted handle and a spout thin enough to draw circles with. Works on gas, induction and camp stoves.',
  },
  {
    sku: 'hand-grinder',
    name: 'Hand grinder',
    kind: 'grinding',
    priceCents: 8900,
    line: 'Steel burrs, thirty clicks',
    story:
      'Thirty-eight millimetre steel burrs, thirty clicks from espresso to French press, and forty seconds of quiet work for a cup. It fits inside most travel presses.',
  },
  {
    sku: 'morning-blend',
    name: 'Morning blend',
    kind: 'beans',
    priceCents: 1290,
    line: 'Hazelnut, cocoa, no surprises',
    story:
      'Two thirds Brazil, one third Guatemala, roasted on Tuesdays. The bag you can open before you can read.',
  },
  {
    sku: 'high-terrace',
    name: 'High terrace',
    kind: 'beans',
    priceCents: 1650,
    line: 'Washed, floral, 2,100 metres',
    story:
      'A washed lot from terraces at two thousand one hundred metres. Jasmine on the nose, apricot in the cup, best between day seven and day thirty after roasting.',
  },
  {
    sku: 'quiet-decaf',
    name: 'Quiet decaf',
    kind: 'beans',
    priceCents: 1390,
    line: 'For the cup after the last one',
    story:
      'Decaffeinated with water and nothing else, then roasted a shade darker. Tastes of brown sugar and of sleeping well.',
  },
  {
    sku: 'french-press',
    name: 'French press',
    kind: 'brewing',
    priceCents: 3600,
    line: 'Double wall, one litre',
    story:
      'Double-walled steel keeps a litre hot through a long breakfast. The fine second mesh keeps the grounds where they belong.',
  },
  {
    sku: 'moka-pot',
    name: 'Moka pot',
    kind: 'brewing',
    priceCents: 3200,
    line: 'Three cups, one gurgle',
    story: 'Cast aluminium with a steel base. Take it off the heat when it starts to talk.',
  },
  {
    sku: 'brew-scale',
    name: 'Brew scale',
    kind: 'grinding',
    priceCents: 5400,
    line: 'A tenth of a gram, a timer, no app',
    story:
      'Answers in a fifth of a second, times your pour, and charges over USB-C twice a year. It has two buttons and no account.',
  },
  {
    sku: 'stoneware-mug',
    name: 'Stoneware mug',
    kind: 'cups',
    priceCents: 1800,
    line: 'Thrown by hand, 280 ml',
    story:
      'Every one is a little different. Heavy enough to stay put, thin enough at the lip. Dishwasher, yes.',
  },
  {
    sku: 'cupping-bowls',
    name: 'Cupping bowls',
    kind: 'cups',
    priceCents: 2900,
    line: 'Six of them, for comparing notes',
    story:
      'Six stacking bowls of tempered glass with a mark at two hundred millilitres. Slurping is correct.',
  },
  {
    sku: 'cold-brew-bottle',
    name: 'Cold brew bottle',
    kind: 'brewing',
    priceCents: 2700,
    line: 'Twelve hours, then summer',
    story:
      'A slim glass bottle with a mesh core. Coarse grounds and water in the evening, in the fridge door overnight.',
  },
];

const BY_SKU = new Map(PRODUCTS.map((product) => [product.sku, product]));

export function productOf(sku: string): Product | undefined {
  return BY_SKU.get(sku);
}

/** `4200` as `€42.00`. */
export function price(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
