import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { callUrl } from '../support/functions-made.ts';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, bundled, filesBelow, fixture, packageOf } from './application.ts';

let twin: Twin;
let url: string;

before(async () => {
  twin = await openTwin();
  const code = await bundled(fixture('express/app.js'), { entryNames: 'index' });
  const statics = Object.entries(filesBelow(fixture('express/public')));
  const files = { ...code, ...Object.fromEntries(statics.map(([path, bytes]) => [`public/${path}`, bytes])) };
  const application = await Application.deploy(twin, packageOf(files));
  url = await application.openUrl();
});
after(() => twin.close());

const get = (path: string, headers: Record<string, string> = {}) => callUrl(`${url}${path}`, { headers });
const post = (path: string, type: string, body: string | Uint8Array, headers = {}) =>
  callUrl(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(body),
  });
const value = ({ body }: { body: Buffer }) => JSON.parse(body.toString());

test('Express gets query, path, host and address as they were sent', async () => {
  const answer = await get('search?tag=a&tag=b&q=caf%C3%A9%20%26%20co&empty=');
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  const { query, ip, host, path } = value(answer);
  assert.deepEqual(query, { tag: ['a', 'b'], q: 'café & co', empty: '' });
  assert.equal(ip, '127.0.0.1');
  assert.equal(host, new URL(url).hostname);
  assert.match(path, /^\/search\?/);
});

test('Express gets JSON and forms, also large ones, and answers with status and headers', async () => {
  const order = { id: 7, note: 'größer '.repeat(100_000) };
  const created = await post('orders', 'application/json; charset=utf-8', JSON.stringify(order));
  assert.equal(created.status, 201);
  assert.equal(created.headers.location, '/orders/7');
  assert.deepEqual(value(created), { received: order });
  const form = await post('orders', 'application/x-www-form-urlencoded', 'id=8&items[]=tea&items[]=milk');
  assert.deepEqual(value(form), { received: { id: '8', items: ['tea', 'milk'] } });
  const broken = await post('orders', 'application/json', '{"id":');
  assert.equal(broken.status, 400);
});

test('Express reads all cookies and sets several', async () => {
  const headers = { cookie: 'one=1; two=2' };
  const answer = await post('login', 'application/json', '{"user":"ada"}', headers);
  assert.deepEqual(value(answer), { user: 'ada', cookies: 'one=1; two=2' });
  const [session = '', theme = '', ...rest] = answer.headers['set-cookie'] ?? [];
  assert.deepEqual(rest, []);
  assert.equal(session, 'session=a%20b%3Dc%3Bd; Path=/; HttpOnly');
  assert.match(theme, /^theme=dark; Max-Age=60; .*Expires=.+ GMT$/);
});

test('Express takes and sends bytes that are no text', async () => {
  const bytes = randomBytes(1_000_000);
  const digest = await post('digest', 'application/octet-stream', bytes);
  assert.equal(digest.status, 200, digest.body.toString());
  assert.deepEqual(digest.body, createHash('sha256').update(bytes).digest());
  const image = await get('static/dot.png');
  assert.equal(image.headers['content-type'], 'image/png');
  assert.deepEqual(image.body, readFileSync(fixture('express/public/dot.png')));
});

test('Express serves files of its package, and knows when nothing changed', async () => {
  const file = await get('static/receipt.txt');
  assert.equal(file.body.toString(), 'thank you\n');
  assert.equal(file.headers['cache-control'], 'public, max-age=3600');
  const { etag = '' } = file.headers;
  const again = await get('static/receipt.txt', { 'if-none-match': etag });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const head = await callUrl(`${url}static/receipt.txt`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.etag, head.body.length], [200, etag, 0]);
  const redirect = await get('orders/7/receipt');
  assert.deepEqual([redirect.status, redirect.headers.location], [303, '/static/receipt.txt']);
});

test('Express answers what is missing and what breaks by itself', async () => {
  const missing = await get('no/such%20thing');
  assert.deepEqual([missing.status, value(missing)], [404, { missing: '/no/such%20thing' }]);
  const broken = await get('broken');
  assert.deepEqual([broken.status, value(broken)], [503, { error: 'the warehouse does not answer' }]);
  assert.ok(twin.lines.some(({ line }) => line.includes('the warehouse does not answer')));
});
