import { type Kind, PRODUCTS, type Product, productOf } from '../shared/products.ts';

/** How well one kind goes with another, 0 to 1: a kettle calls for beans, not for a second kettle. */
const FITS: Record<Kind, Record<Kind, number>> = {
  beans: { beans: 0.5, brewing: 0.8, grinding: 0.9, cups: 0.6 },
  brewing: { beans: 1, brewing: 0.2, grinding: 0.8, cups: 0.7 },
  grinding: { beans: 1, brewing: 0.7, grinding: 0.3, cups: 0.4 },
  cups: { beans: 0.9, brewing: 0.6, grinding: 0.4, cups: 0.3 },
};
/** The range by sales rank, most popular first. */
const LIKED = ['morning-blend', 'pour-over-set', 'stoneware-mug', 'hand-grinder', 'high-terrace', 'moka-pot'];

/** The `count` products that go best with `sku`, best first; never the product itself. */
export function recommend(sku: string | undefined, count: number): string[] {
  const seed = sku === undefined ? undefined : productOf(sku);
  return PRODUCTS.filter((product) => product.sku !== sku)
    .map((product) => ({ sku: product.sku, score: score(seed, product) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map((scored) => scored.sku);
}

function score(seed: Product | undefined, product: Product): number {
  const rank = LIKED.indexOf(product.sku);
  const liking = rank < 0 ? 0 : (LIKED.length - rank) / LIKED.length;
  if (!seed) return liking;
  const priceGap = Math.abs(Math.log(product.priceCents / seed.priceCents));
  return FITS[seed.kind][product.kind] + 0.3 * liking - 0.1 * priceGap;
}
