import { withUpstack } from '@upstack/lambda';
import { json, type UrlEvent, type UrlResult } from '../shared/http.ts';
import { recommend } from './recommend.ts';

/** `GET /?sku=…&count=3`: what goes well with a product, or what is liked most when no `sku` is given. */
async function answer(event: UrlEvent): Promise<UrlResult> {
  const query = new URLSearchParams(event.rawQueryString);
  const asked = Number(query.get('count') ?? 3);
  const count = Number.isInteger(asked) && asked >= 1 && asked <= 6 ? asked : 3;
  return json(200, { skus: recommend(query.get('sku') ?? undefined, count) });
}

export const handler = withUpstack(answer);
