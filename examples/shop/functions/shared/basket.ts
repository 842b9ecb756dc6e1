import { Refused } from './http.ts';
import { type Product, productOf } from './products.ts';

/**
 * The basket travels with the request, because a function keeps nothing between two of them. In the cookie it is
 * `sku*quantity` joined by `.`, in a body an array of lines. Prices are never taken from the outside.
 */
export interface Line {
  sku: string;
  quantity: number;
}

export const BASKET_COOKIE = 'shop_basket';
/** The most pieces of one product, and the most different products. */
const MOST_PIECES = 20;
const MOST_LINES = 30;

export interface PricedLine extends Line {
  product: Product;
  sumCents: number;
}

/** Reads the cookie's text; parts that make no sense are left out. */
export function parseBasket(text: string | undefined): Line[] {
  const lines: Line[] = [];
  for (const part of (text ?? '').split('.').slice(0, MOST_LINES)) {
    const [sku = '', pieces = ''] = part.split('*');
    const quantity = Number(pieces);
    if (productOf(sku) && isQuantity(quantity)) lines.push({ sku, quantity });
  }
  return lines;
}

/** Reads `lines` of a request's body. Refuses what is not a basket with 400. */
export function linesOf(value: unknown): Line[] {
  if (!Array.isArray(value) || value.length > MOST_LINES) {
    throw new Refused(400, 'bad-basket', `"lines" must be a list of at most ${MOST_LINES} products.`);
  }
  return value.map(lineOf);
}

export function lineOf(value: unknown): Line {
  const { sku, quantity = 1 } = (value ?? {}) as { sku?: unknown; quantity?: unknown };
  if (typeof sku !== 'string' || !productOf(sku)) {
    throw new Refused(404, 'no-such-product', 'We do not sell that (any more).');
  }
  if (!isQuantity(quantity)) {
    throw new Refused(400, 'bad-basket', `We pack 1 to ${MOST_PIECES} pieces of a product.`);
  }
  return { sku, quantity };
}

/** The basket with one more line; pieces of a product that is already there add up, to 20 at most. */
export function added(lines: readonly Line[], line: Line): Line[] {
  const before = lines.find(({ sku }) => sku === line.sku);
  if (!before) return [...lines, line];
  const quantity = Math.min(before.quantity + line.quantity, MOST_PIECES);
  return lines.map((other) => (other === before ? { sku: line.sku, quantity } : other));
}

export function priced(lines: readonly Line[]): PricedLine[] {
  return lines.flatMap((line) => {
    const product = productOf(line.sku);
    return product ? [{ ...line, product, sumCents: product.priceCents * line.quantity }] : [];
  });
}

export function totalCents(lines: readonly Line[]): number {
  return priced(lines).reduce((sum, line) => sum + line.sumCents, 0);
}

function isQuantity(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_PIECES;
}
