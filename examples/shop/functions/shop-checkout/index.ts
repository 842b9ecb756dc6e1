import { withUpstack } from '@upstack/lambda';
import { json, Refused, refusing, route, type UrlEvent, type UrlResult } from '../shared/http.ts';
import { addToBasket, confirm, pay, signUp } from './orders.ts';

/** The storefront's host is another function's, so its page needs CORS to call this one. */
const CORS = { 'access-control-allow-origin': '*' };
const PREFLIGHT = {
  ...CORS,
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, baggage, traceparent',
  'access-control-max-age': '7200',
};

const ROUTES: Record<string, (event: UrlEvent) => Promise<unknown>> = {
  'POST /basket': addToBasket,
  'POST /sign-up': signUp,
  'POST /checkout': pay,
  'POST /confirm': confirm,
};

async function answer(event: UrlEvent): Promise<UrlResult> {
  const asked = route(event);
  if (asked.startsWith('OPTIONS ')) return { statusCode: 204, headers: PREFLIGHT, body: '' };
  return refusing(async () => {
    const run = ROUTES[asked];
    if (!run)
      throw new Refused(404, 'no-such-page', `shop-checkout answers ${Object.keys(ROUTES).join(', ')}.`);
    return json(200, await run(event), CORS);
  }, CORS);
}

export const handler = withUpstack(answer);
