import assert from 'node:assert/strict';
import { test } from 'node:test';
import { priced } from '../shared/basket.ts';
import { PRODUCTS } from '../shared/products.ts';
import { artOf } from './art.ts';
import { basketPage, checkoutPage, listPage, missingPage, productPage } from './pages.ts';
import { SCRIPT } from './script.ts';

const FRAME = { pieces: 2, checkoutUrl: 'http://checkout.test/?a="b"&c' };
const VOID = new Set(['meta', 'input', 'link', 'br', 'hr', 'img']);
const lines = priced([
  { sku: 'moka-pot', quantity: 2 },
  { sku: 'high-terrace', quantity: 1 },
]);
const pages: Record<string, string> = {
  list: listPage(FRAME),
  product: productPage(FRAME, PRODUCTS[0] as (typeof PRODUCTS)[number]),
  basket: basketPage(FRAME, lines),
  'empty basket': basketPage(FRAME, []),
  checkout: checkoutPage(FRAME, lines),
  missing: missingPage(FRAME),
};

/** The elements still open at the end, or the first end tag that closes something else. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const markup = page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '');
  for (const [, slash, name, rest] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (slash === '/') {
      const last = open.pop();
      if (last !== name) return [`</${name}> closes <${last}>`];
    } else if (!VOID.has(name as string) && !rest?.endsWith('/')) open.push(name as string);
  }
  return open;
}

for (const [name, page] of Object.entries(pages)) {
  test(`the ${name} page is well-formed, complete and has at least one first-level heading`, () => {
    assert.deepEqual(unbalanced(page), []);
    assert.match(page, /^<!doctype html>\n<html lang="en">/);
    assert.match(page, /<meta name="viewport" content="width=device-width, initial-scale=1">/);
    assert.ok((page.match(/<h1[ >]/g) ?? []).length >= 1);
    assert.ok(
      page.includes('data-checkout="http://checkout.test/?a=&quot;b&quot;&amp;c"'),
      'attributes are escaped',
    );
    assert.ok(!/\s(?:src|href)="(?:https?:)?\/\//.test(page), 'nothing is loaded from elsewhere');
  });
}

test('the balance check detects unbalanced elements', () => {
  assert.deepEqual(unbalanced('<p><b></p>'), ['</p> closes <b>']);
  assert.deepEqual(unbalanced('<div><input><br></div><ul>'), ['ul']);
});

test('the page script is valid and every product has a drawing', () => {
  assert.doesNotThrow(() => new Function(SCRIPT));
  for (const { sku } of PRODUCTS)
    assert.match(artOf(sku), /<svg [^>]*aria-hidden="true"[^>]*><(?:path|rect|circle)/, sku);
});

test('every product is on the front page with its price, and the totals add up', () => {
  for (const { sku } of PRODUCTS) assert.ok(pages.list?.includes(`href="/products/${sku}"`), sku);
  assert.ok(pages.basket?.includes('€80.50') && pages.checkout?.includes('Pay €80.50'));
});
