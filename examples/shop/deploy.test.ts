import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LambdaServer, listen } from '../../lambda/src/http/server.ts';
import { type Lambda, open } from '../../lambda/src/lambda.ts';
import { openCompute } from '../../src/engines/compute/aws.ts';
import type { ComputeEngine } from '../../src/engines/compute/engine.ts';
import { deployShop, SHOP_FUNCTIONS } from './deploy.ts';
import { Browser, Network } from './shoppers/browser.ts';
import type { Step } from './shoppers/journey.ts';
import { personAt } from './shoppers/person.ts';

const environment = { UPSTACK_WRITE_KEY: 'a write key' };
const events: { event?: string; context: { upstack: { unit: string } } }[] = [];
let directory: string;
let twin: Lambda;
let server: LambdaServer;
let compute: ComputeEngine;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-shop-'));
  const region = 'eu-west-1';
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of this test' };
  server = await listen(0);
  twin = await open({
    directory,
    region,
    accountId: '000000000000',
    credentials,
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${server.port}/`,
    onLog: ({ line }) => {
      if (line.startsWith('{"upstack":1,')) events.push(...(JSON.parse(line).events ?? []));
    },
  });
  server.serve(twin);
  compute = openCompute({ endpoint: server.endpoint, region, credentials });
});

after(async () => {
  await compute?.close();
  await server?.close();
  await twin?.close();
  await rm(directory, { recursive: true, force: true });
});

test('the shop is deployed once, unchanged by a second deployment, and updated when its settings change', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const first = await deployShop({ compute, environment, log });
  assert.deepEqual(Object.keys(first.urls).sort(), SHOP_FUNCTIONS.map(({ name }) => name).sort());
  assert.equal(first.storefrontUrl, first.urls['shop-catalogue']);
  assert.ok(
    lines.every((line) => line.includes('version 1, http://')),
    lines.join('\n'),
  );
  lines.length = 0;
  assert.deepEqual(await deployShop({ compute, environment, log }), first);
  assert.ok(
    lines.every((line) => line.includes('version 1 is up to date')),
    lines.join('\n'),
  );
  lines.length = 0;
  const changed = { ...environment, UPSTACK_FAULTS: 'off' };
  assert.deepEqual(await deployShop({ compute, environment: changed, log }), first, 'URLs stay');
  assert.ok(
    lines.every((line) => line.includes('version 2, http://')),
    lines.join('\n'),
  );
  const detail = await compute.getFunction('shop-checkout');
  assert.ok(
    detail.environmentNames.includes('PAYMENTS_URL') && detail.environmentNames.includes('UPSTACK_FAULTS'),
  );
});

test('a person can buy in the deployed shop, and every function sees the visit', async () => {
  const { storefrontUrl } = await deployShop({ compute, environment });
  const network = new Network(4);
  const person = personAt(7, 1);
  const storefront = new URL(storefrontUrl);
  const browser = new Browser({ network, storefront, person, patienceMs: 20_000, onSample: () => {} });
  const deeds = [
    { kind: 'view', sku: 'moka-pot' },
    { kind: 'add', sku: 'moka-pot', quantity: 1 },
    { kind: 'sign-up' },
    { kind: 'pay' },
    { kind: 'confirm' },
  ] as const;
  for (const deed of deeds) {
    const step: Step = { ...deed, thinkMs: 0 };
    assert.equal(await browser.take(step), 'done', deed.kind);
  }
  network.close();
  for (const deadline = Date.now() + 5_000; !events.some((e) => e.event === 'Order Completed'); ) {
    assert.ok(Date.now() < deadline, 'the order was not reported in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(new Set(events.map((e) => e.context.upstack.unit)).size, 1);
});
