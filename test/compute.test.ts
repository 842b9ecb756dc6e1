/** The client of the control room's compute engine, against the twin. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { CREDENTIALS, openTwin, REGION, type Twin } from '../lambda/test/support/twin.ts';
import { openCompute } from '../src/engines/compute/aws.ts';
import type { ComputeEngine } from '../src/engines/compute/engine.ts';
import { Problem } from '../src/lib/problem.ts';

let twin: Twin;
let compute: ComputeEngine;

before(async () => {
  twin = await openTwin();
  compute = openCompute({ endpoint: twin.endpoint, region: REGION, credentials: CREDENTIALS });
});
after(async () => {
  await compute.close();
  await twin.close();
});

function input(name: string, code: string) {
  return {
    name,
    zip: zipSync({ 'index.mjs': strToU8(code) }),
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 10,
    memoryMb: 128,
    environment: {},
  };
}

test('a wrong key is a problem that names it', async () => {
  const credentials = { ...CREDENTIALS, secretAccessKey: 'guess' };
  const wrong = openCompute({ endpoint: twin.endpoint, region: REGION, credentials });
  await assert.rejects(wrong.listFunctions(), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'compute.not-allowed');
    assert.equal((error.cause as Error).name, 'InvalidSignatureException');
    return true;
  });
  await wrong.close();
});

test('a function deployed through the port answers, is published, routed and deleted', async () => {
  const code = (word: string) => `export const handler = async () => '${word}';`;
  const made = await compute.createFunction(input('cart', code('one')));
  assert.equal(made.version, '$LATEST');
  assert.equal(made.codeSizeBytes, input('cart', code('one')).zip.length);
  assert.equal(await compute.publishVersion('cart'), '1');
  assert.equal(await compute.publishVersion('cart'), '1');
  await compute.updateFunction(input('cart', code('two')));
  assert.equal(await compute.publishVersion('cart'), '2');
  assert.deepEqual((await compute.putAlias('cart', 'live', '1')).weights, {});
  assert.deepEqual((await compute.putAlias('cart', 'live', '1', { '2': 1 })).weights, { '2': 1 });
  const answer = await compute.invoke({
    name: 'cart',
    qualifier: 'live',
    payload: Buffer.from('{}'),
    tail: true,
  });
  assert.equal(Buffer.from(answer.payload).toString(), '"two"');
  assert.deepEqual([answer.executedVersion, answer.functionError], ['2', undefined]);
  assert.match(answer.log ?? '', /REPORT RequestId/);
  const url = await compute.putUrl('cart', 'live');
  assert.equal(await compute.putUrl('cart', 'live'), url, 'there is one');
  const detail = await compute.getFunction('cart');
  assert.deepEqual(
    detail.versions.map(({ version }) => version),
    ['1', '2'],
  );
  assert.deepEqual(detail.aliases, [{ name: 'live', version: '1', weights: { '2': 1 }, description: '' }]);
  assert.equal(detail.url, url);
  assert.ok((await compute.listFunctions()).some(({ name }) => name === 'cart'));
  assert.equal((await compute.health()).ok, true);
  await compute.deleteFunction('cart');
  await assert.rejects(
    compute.getFunction('cart'),
    (error) => (error as Problem).code === 'compute.no-such-function',
  );
});
