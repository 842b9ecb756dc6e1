import { withUpstack } from '@upstack/lambda';
import { json, type UrlEvent, type UrlResult } from '../shared/http.ts';
import { recommend } from './recommend.ts';

/** `GET /?sku=…&count=3`: products that go well with `sku`, or the most popular ones without `sku`. */
async function answer(event: UrlEvent): Promise<UrlResult> {
  const query = new URLSearchParams(event.rawQueryString);
  const asked = Number(query.get('count') ?? 3);
  const count = Number.isInteger(asked) && asked >= 1 && asked <= 6 ? asked : 3;
  return json(200, { skus: recommend(query.get('sku') ?? undefined, count) });
}

export const handler = withUpstack(answer);
