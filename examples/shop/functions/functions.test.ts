import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, beforeEach, mock, type TestContext, test } from 'node:test';
import { serve, urlEvent } from '../function-url.testing.ts';
import { call } from './shared/downstream.ts';
import type { UrlResult } from './shared/http.ts';
import { handler as catalogue } from './shop-catalogue/index.ts';
import { handler as checkout } from './shop-checkout/index.ts';
import { passesCheckDigit, handler as payments } from './shop-payments/index.ts';
import { handler as recommendations } from './shop-recommendations/index.ts';

interface Message {
  type: string;
  event?: string;
  userId?: string;
  anonymousId?: string;
  properties?: Record<string, unknown>;
  context: { upstack?: { unit?: string } };
}

const UNIT = 'visit-1';
const CUSTOMER = { email: 'Ada@Example.com', visitor: 'visitor-1' };
const GOOD_CARD = '4242 4242 4242 4242';

let messages: Message[] = [];

/** The product events of the current test, taken from standard output; other output passes through. */
before(() => {
  process.env.PAYMENTS_KEY = 'a key of this test';
  const write = process.stdout.write.bind(process.stdout);
  mock.method(process.stdout, 'write', (chunk: string | Uint8Array, ...rest: never[]) => {
    if (typeof chunk !== 'string' || !chunk.startsWith('{"upstack":1,')) return write(chunk, ...rest);
    for (const line of chunk.trim().split('\n'))
      messages.push(...((JSON.parse(line).events ?? []) as Message[]));
    return true;
  });
});

beforeEach(() => {
  messages = [];
});

/** Waits until the SDK has written its records: it does so within a few event loop turns after the response. */
async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 2_000; !condition(); ) {
    assert.ok(Date.now() < deadline, 'the events were not written in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function post(
  path: string,
  body: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const headers = { baggage: `upstack.unit=${UNIT}` };
  const result = (await checkout(urlEvent({ method: 'POST', path, headers, body }), {})) as UrlResult;
  assert.equal(result.headers['access-control-allow-origin'], '*');
  return { status: result.statusCode, answer: JSON.parse(result.body) };
}

/** A server that stands in for shop-payments, to test how the checkout reacts. */
async function answering(t: TestContext, listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('an order passes basket, sign-up, payment and confirmation, with product events', async (t) => {
  process.env.PAYMENTS_URL = await serve(t, payments);
  const lines = [{ sku: 'moka-pot', quantity: 1 }];
  const basket = await post('/basket', { ...CUSTOMER, lines, add: { sku: 'moka-pot', quantity: 2 } });
  assert.deepEqual(basket.answer, {
    lines: [{ sku: 'moka-pot', quantity: 3 }],
    totalCents: 9_600,
    currency: 'EUR',
  });
  const { answer: member } = await post('/sign-up', { ...CUSTOMER, name: 'Ada Berg' });
  const order = { ...CUSTOMER, lines: basket.answer.lines, card: GOOD_CARD, attempt: 'once' };
  const paid = await post('/checkout', order);
  assert.equal(paid.status, 200);
  assert.equal(messages.filter((m) => m.event === 'Order Completed').length, 0);
  const again = await post('/checkout', order);
  assert.equal(again.answer.orderId, paid.answer.orderId, 'a retry is the same order');
  const done = await post('/confirm', { ...CUSTOMER, authorisation: paid.answer.authorisation });
  assert.deepEqual(done.answer, {
    orderId: paid.answer.orderId,
    totalCents: 9_600,
    currency: 'EUR',
    shipsInDays: 2,
  });
  await until(() => messages.some((m) => m.event === 'Order Completed'));
  const names = messages.map((m) => m.event ?? m.type);
  const expected = [
    'Product Added',
    'identify',
    'Signed Up',
    'Checkout Started',
    'Checkout Started',
    'Order Completed',
  ];
  assert.deepEqual(names, expected);
  const completed = messages.at(-1) as Message;
  assert.deepEqual(completed.properties, { orderId: paid.answer.orderId, total: 96, currency: 'EUR' });
  assert.equal(completed.userId, member.customerId);
  assert.equal(completed.anonymousId, CUSTOMER.visitor);
  assert.ok(messages.every((m) => m.context.upstack?.unit === UNIT));
});

test('a declined card is 402, and an unpaid order cannot be confirmed', async (t) => {
  process.env.PAYMENTS_URL = await serve(t, payments);
  const order = { ...CUSTOMER, lines: [{ sku: 'moka-pot', quantity: 1 }], attempt: 'once' };
  const refused = await post('/checkout', { ...order, card: '4000 0000 0000 0002' });
  assert.equal(refused.status, 402);
  assert.deepEqual(refused.answer.error, {
    reason: 'card-refused',
    message: 'The bank declined the card: try another one.',
  });
  assert.equal((await post('/checkout', { ...order, card: '4242 4242 4242 4241' })).status, 402);
  const { answer } = await post('/checkout', { ...order, card: GOOD_CARD });
  const [, seal] = (answer.authorisation as string).split('.');
  const dearer = Buffer.from(JSON.stringify({ orderId: 'mine', amountCents: 1, currency: 'EUR' })).toString(
    'base64url',
  );
  assert.equal((await post('/confirm', { ...CUSTOMER, authorisation: `${dearer}.${seal}` })).status, 400);
  assert.equal((await post('/confirm', CUSTOMER)).status, 400);
  await until(() => messages.filter((m) => m.event === 'Checkout Started').length === 3);
  assert.ok(!messages.some((m) => m.event === 'Order Completed'));
});

test('failing and unreachable payments are 502, with a message for the customer', async (t) => {
  const order = { ...CUSTOMER, lines: [{ sku: 'moka-pot', quantity: 1 }], card: GOOD_CARD, attempt: 'once' };
  t.mock.method(console, 'error', () => {});
  process.env.PAYMENTS_URL = await answering(t, (_request, response) => response.writeHead(503).end());
  const failed = await post('/checkout', order);
  assert.equal(failed.status, 502);
  assert.match((failed.answer.error as { message: string }).message, /nothing was charged/);
  process.env.PAYMENTS_URL = await answering(t, (_request, response) => response.writeHead(429).end('{}'));
  assert.equal((await post('/checkout', order)).status, 502, 'a busy platform is not a declined card');
  process.env.PAYMENTS_URL = await answering(t, (request) => request.socket.destroy());
  assert.equal((await post('/checkout', order)).status, 502);
});

test('the checkout rejects invalid requests with a message', async () => {
  const bad = [
    ['/basket', { lines: [], add: { sku: 'yacht' } }, 404],
    ['/basket', { lines: [], add: { sku: 'moka-pot', quantity: 21 } }, 400],
    ['/basket', { lines: 'many', add: { sku: 'moka-pot' } }, 400],
    ['/sign-up', { email: 'nobody', name: 'N' }, 400],
    ['/checkout', { ...CUSTOMER, lines: [], card: GOOD_CARD, attempt: 'a' }, 400],
    ['/checkout', [1], 400],
    ['/nowhere', {}, 404],
  ] as const;
  for (const [path, body, status] of bad) {
    const { status: actual, answer } = await post(path, body);
    assert.equal(actual, status, `${path} ${JSON.stringify(body)}`);
    assert.ok((answer.error as { message: string }).message.length > 10);
  }
  const preflight = (await checkout(urlEvent({ method: 'OPTIONS', path: '/basket' }), {})) as UrlResult;
  assert.equal(preflight.statusCode, 204);
  assert.match(preflight.headers['access-control-allow-headers'] as string, /baggage/);
});

test('the catalogue sets the cookies of a new browser, and a product page is one view of that visit', async () => {
  process.env.CHECKOUT_URL = 'http://checkout.test/';
  const first = await catalogue(urlEvent({ path: '/products/hand-grinder' }), {});
  assert.equal(first.statusCode, 200);
  const [unit, visitor] = (first.cookies ?? []).map((cookie) => cookie.split(';')[0] as string);
  assert.match(unit as string, /^upstack_unit=[\w-]{36}$/);
  assert.match(visitor as string, /^shop_visitor=[\w-]{36}$/);
  const next = urlEvent({
    path: '/products/moka-pot?from=recommendation',
    cookies: [unit as string, visitor as string],
  });
  const second = await catalogue(next, {});
  assert.equal(second.cookies, undefined);
  await until(() => messages.length === 3);
  assert.deepEqual(
    messages.map((m) => m.event),
    ['Product Viewed', 'Recommendation Clicked', 'Product Viewed'],
  );
  assert.ok(messages.every((m) => `upstack_unit=${m.context.upstack?.unit}` === unit));
  assert.ok(messages.every((m) => `shop_visitor=${m.anonymousId}` === visitor));
});

test('the catalogue shows recommendations, and none while shop-recommendations is down', async (t) => {
  t.mock.method(console, 'error', () => {});
  process.env.RECOMMENDATIONS_URL = await serve(t, recommendations);
  const ask = urlEvent({
    path: '/api/recommendations?sku=hand-grinder',
    cookies: ['upstack_unit=u', 'shop_visitor=v'],
  });
  const shown = JSON.parse((await catalogue(ask, {})).body) as { products: { sku: string }[] };
  assert.equal(shown.products.length, 3);
  assert.ok(shown.products.every((product) => product.sku !== 'hand-grinder'));
  process.env.RECOMMENDATIONS_URL = await answering(t, (_request, response) => response.writeHead(500).end());
  const without = await catalogue(ask, {});
  assert.deepEqual([without.statusCode, JSON.parse(without.body)], [200, { available: false, products: [] }]);
});

test('a slow call ends at its timeout with a clear error', async (t) => {
  const silent = await answering(t, () => {});
  await assert.rejects(call('shop-payments', silent, 40), {
    kind: 'timeout',
    message: /no response within 40 ms/,
  });
});

test('the check digit of card numbers', () => {
  for (const good of ['4242424242424242', '5555555555554444', '4000000000000002'])
    assert.ok(passesCheckDigit(good));
  for (const bad of ['4242424242424241', '42', '4242x24242424242', '']) assert.ok(!passesCheckDigit(bad));
});
