import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { before, mock, type TestContext, test } from 'node:test';
import { serve } from '../function-url.testing.ts';
import type { UrlEvent } from '../functions/shared/http.ts';
import { handler as catalogue } from '../functions/shop-catalogue/index.ts';
import { handler as checkout } from '../functions/shop-checkout/index.ts';
import { handler as payments } from '../functions/shop-payments/index.ts';
import { handler as recommendations } from '../functions/shop-recommendations/index.ts';
import { startShoppers, type Totals } from './shoppers.ts';

before(() => {
  // Drops the SDK's telemetry lines.
  const write = process.stdout.write.bind(process.stdout);
  mock.method(process.stdout, 'write', (chunk: string | Uint8Array, ...rest: never[]) =>
    typeof chunk === 'string' && chunk.startsWith('{"upstack":1,') ? true : write(chunk, ...rest),
  );
  mock.method(console, 'error', () => {});
});

type Handler = (event: UrlEvent, context: object) => unknown;

/** The whole shop on local servers, optionally with another shop-payments. */
async function openShop(t: TestContext, paying: Handler = payments): Promise<string> {
  process.env.PAYMENTS_KEY = 'a key of this test';
  process.env.PAYMENTS_URL = await serve(t, paying);
  process.env.RECOMMENDATIONS_URL = await serve(t, recommendations);
  process.env.CHECKOUT_URL = await serve(t, checkout);
  return serve(t, catalogue);
}

async function shopUntil(storefront: string, enough: (totals: Totals) => boolean): Promise<Totals> {
  const customers = Array.from({ length: 200 }, (_, index) => index);
  const shoppers = startShoppers({ storefront, rate: 60, seed: 7, speed: 20, customers });
  for (const deadline = Date.now() + 15_000; !enough(shoppers.totals()); ) {
    if (Date.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const totals = await shoppers.stop();
  assert.ok(enough(totals), JSON.stringify(totals));
  return totals;
}

test('people buy in a working shop', async (t) => {
  const totals = await shopUntil(await openShop(t), ({ orders }) => orders >= 25);
  assert.equal(totals.failedRequests, 0);
  assert.equal(totals.leftFailed, 0);
  assert.equal(totals.inside, 0);
  assert.ok(totals.orders <= totals.visits && totals.meanMs > 0);
});

test('they retry and then leave a shop whose payments fail', async (t) => {
  const unavailable = async () => ({ statusCode: 503, headers: {}, body: '{}' });
  const totals = await shopUntil(await openShop(t, unavailable), ({ leftFailed }) => leftFailed >= 10);
  assert.equal(totals.orders, 0);
  assert.ok(totals.failedRequests >= 2 * totals.leftFailed, JSON.stringify(totals));
});

test('they lose patience with a slow shop', async (t) => {
  const slow: Handler = async (event, context) => {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return payments(event, context);
  };
  const totals = await shopUntil(await openShop(t, slow), ({ leftImpatient }) => leftImpatient >= 10);
  assert.equal(totals.orders, 0);
  assert.equal(totals.leftFailed, 0);
});

test('the program runs on its own, ends in time and prints its totals; bad input is exit code 2', async (t) => {
  const main = join(import.meta.dirname, 'main.ts');
  const run = async (...flags: string[]) => {
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (part) => {
      output += part;
    });
    child.stderr.on('data', (part) => {
      errors += part;
    });
    const [code] = await once(child, 'close');
    return { code, output, errors };
  };
  const storefront = await openShop(t);
  const good = await run('--storefront', storefront, '--rate', '50', '--seconds', '0.5', '--speed', '50');
  assert.equal(good.code, 0, good.errors);
  assert.ok((JSON.parse(good.output) as Totals).visits > 0);
  const bad = await run('--storefront', storefront, '--rate', 'fast');
  assert.deepEqual([bad.code, bad.errors], [2, 'shoppers: --rate must be a number from 0.1 to 200\n']);
  assert.match((await run()).errors, /--storefront must be the URL/);
});
