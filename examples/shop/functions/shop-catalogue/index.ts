import { randomUUID } from 'node:crypto';
import { track, withUpstack } from '@upstack/lambda';
import { BASKET_COOKIE, parseBasket, priced } from '../shared/basket.ts';
import { UNIT_COOKIE, VISITOR_COOKIE } from '../shared/customer.ts';
import { call, DownstreamFailure, setting } from '../shared/downstream.ts';
import { cookieOf, html, json, Refused, refusing, type UrlEvent, type UrlResult } from '../shared/http.ts';
import { PRODUCTS, type Product, price, productOf } from '../shared/products.ts';
import { artOf } from './art.ts';
import { basketPage, checkoutPage, listPage, missingPage, productPage } from './pages.ts';

/** Recommendations are optional: after this time the visitor has scrolled past. */
const RECOMMENDATIONS_TIMEOUT_MS = 2_000;
const YEAR_S = 365 * 24 * 3600;

async function answer(event: UrlEvent): Promise<UrlResult> {
  if (event.requestContext.http.method !== 'GET') {
    return json(405, { error: { reason: 'read-only', message: 'The catalogue is read with GET.' } });
  }
  const path = event.rawPath.replace(/(.)\/$/, '$1');
  if (path.startsWith('/api/')) return refusing(() => api(path, event));
  return page(path, event);
}

function page(path: string, event: UrlEvent): UrlResult {
  const lines = priced(parseBasket(cookieOf(event, BASKET_COOKIE)));
  const frame = {
    pieces: lines.reduce((sum, line) => sum + line.quantity, 0),
    checkoutUrl: setting('CHECKOUT_URL'),
  };
  if (path === '/') return html(200, listPage(frame));
  if (path === '/basket') return html(200, basketPage(frame, lines));
  if (path === '/checkout') return html(200, checkoutPage(frame, lines));
  if (path === '/favicon.ico') return { statusCode: 204, headers: {}, body: '' };
  const product = productOf(path.replace('/products/', ''));
  if (!product) return html(404, missingPage(frame));
  viewed(product, event);
  return html(200, productPage(frame, product));
}

async function api(path: string, event: UrlEvent): Promise<UrlResult> {
  if (path === '/api/products') return json(200, { products: PRODUCTS });
  if (path === '/api/recommendations') return recommendations(event);
  const product = productOf(path.replace('/api/products/', ''));
  if (!product) throw new Refused(404, 'no-such-product', 'We do not sell that (any more).');
  viewed(product, event);
  return json(200, { product });
}

/** The page fetches these after rendering. The shop works without them, so a failure is an empty list. */
async function recommendations(event: UrlEvent): Promise<UrlResult> {
  const url = new URL(setting('RECOMMENDATIONS_URL'));
  url.search = event.rawQueryString;
  try {
    const { status, body } = await call('shop-recommendations', url, RECOMMENDATIONS_TIMEOUT_MS);
    const { skus } = (status === 200 ? body : { skus: [] }) as { skus: string[] };
    const products = skus.flatMap((sku) => productOf(sku) ?? []);
    return json(200, { available: status === 200, products: products.map(teaser) });
  } catch (error) {
    if (!(error instanceof DownstreamFailure)) throw error;
    console.error(error.message);
    return json(200, { available: false, products: [] });
  }
}

function teaser({ sku, name, kind, priceCents }: Product): Record<string, string> {
  return { sku, name, kind, price: price(priceCents), art: artOf(sku) };
}

function viewed(product: Product, event: UrlEvent): void {
  const visitor = cookieOf(event, VISITOR_COOKIE);
  const who = visitor === undefined ? {} : { anonymousId: visitor };
  const { sku, kind, priceCents } = product;
  if (new URLSearchParams(event.rawQueryString).get('from') === 'recommendation') {
    track('Recommendation Clicked', { sku, kind }, who);
  }
  track('Product Viewed', { sku, kind, price: priceCents / 100 }, who);
}

const instrumented = withUpstack(answer);

/**
 * Sets the two cookies of a new browser before anything else sees the request, so that the first view already belongs
 * to a visitor and to a visit. The visit's cookie ends with the browser session, the visitor's after a year.
 */
export const handler = async (event: UrlEvent, context: unknown): Promise<UrlResult> => {
  const fresh: string[] = [];
  const cookies = [...(event.cookies ?? [])];
  for (const [name, lifetime] of [
    [UNIT_COOKIE, ''],
    [VISITOR_COOKIE, `; Max-Age=${YEAR_S}`],
  ] as const) {
    if (cookieOf(event, name) !== undefined) continue;
    const cookie = `${name}=${randomUUID()}`;
    cookies.push(cookie);
    fresh.push(`${cookie}; Path=/; SameSite=Lax${lifetime}`);
  }
  const result = (await instrumented({ ...event, cookies }, context)) as UrlResult;
  return fresh.length === 0 ? result : { ...result, cookies: [...(result.cookies ?? []), ...fresh] };
};
