import { Refused } from './http.ts';
import { type Product, productOf } from './products.ts';

/**
 * A line of the basket. The basket travels with each request, because a function keeps nothing between two requests: as
 * `sku*quantity` joined by `.` in the cookie, as an array of lines in a body. Prices never come from outside.
 */
export interface Line {
  sku: string;
  quantity: number;
}

export const BASKET_COOKIE = 'shop_basket';
/** Per product. */
const MAX_PIECES = 20;
/** Different products. */
const MAX_LINES = 30;

export interface PricedLine extends Line {
  product: Product;
  sumCents: number;
}

/** Reads the cookie; invalid parts are skipped. */
export function parseBasket(text: string | undefined): Line[] {
  const lines: Line[] = [];
  for (const part of (text ?? '').split('.').slice(0, MAX_LINES)) {
    const [sku = '', pieces = ''] = part.split('*');
    const quantity = Number(pieces);
    if (productOf(sku) && isQuantity(quantity)) lines.push({ sku, quantity });
  }
  return lines;
}

/** Reads `lines` of a request body. Rejects invalid lines with 400. */
export function linesOf(value: unknown): Line[] {
  if (!Array.isArray(value) || value.length > MAX_LINES) {
    throw new Refused(400, 'bad-basket', `"lines" must be a list of at most ${MAX_LINES} products.`);
  }
  return value.map(lineOf);
}

export function lineOf(value: unknown): Line {
  const { sku, quantity = 1 } = (value ?? {}) as { sku?: unknown; quantity?: unknown };
  if (typeof sku !== 'string' || !productOf(sku)) {
    throw new Refused(404, 'no-such-product', 'We do not sell that (any more).');
  }
  if (!isQuantity(quantity)) {
    throw new Refused(400, 'bad-basket', `We pack 1 to ${MAX_PIECES} pieces of a product.`);
  }
  return { sku, quantity };
}

/** The basket with one more line; pieces of a product already in it add up, to at most 20. */
export function added(lines: readonly Line[], line: Line): Line[] {
  const before = lines.find(({ sku }) => sku === line.sku);
  if (!before) return [...lines, line];
  const quantity = Math.min(before.quantity + line.quantity, MAX_PIECES);
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
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_PIECES;
}
