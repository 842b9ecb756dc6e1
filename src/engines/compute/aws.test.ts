import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { Problem } from '../../lib/problem.ts';
import { openCompute } from './aws.ts';
import { problemOf } from './aws-problem.ts';

const credentials = { accessKeyId: 'AKIAX', secretAccessKey: 'x' };
let server: Server | undefined;
afterEach(() => server?.close());

/** The address of a port where nothing listens: one that was just given back. */
async function freeAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const isProblem = (code: string, status: number) => (error: unknown) => {
  assert.ok(error instanceof Problem, String(error));
  assert.deepEqual([error.code, error.status], [code, status]);
  return true;
};

test('an engine that does not answer is unavailable, and says when to try again', async () => {
  const endpoint = await freeAddress();
  const compute = openCompute({ endpoint, region: 'eu-west-1', credentials });
  await assert.rejects(compute.listFunctions(), (error) => {
    isProblem('compute.unavailable', 503)(error);
    assert.equal((error as Problem).retryAfterSeconds, 1);
    return true;
  });
  const health = await compute.health();
  assert.equal(health.ok, false);
  assert.match(health.detail, /ECONNREFUSED/);
  await compute.close();
});

test('an engine that hangs is unhealthy within seconds', async () => {
  server = createServer(() => {});
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const compute = openCompute({ endpoint, region: 'eu-west-1', credentials });
  const since = performance.now();
  assert.equal((await compute.health()).ok, false);
  assert.ok(performance.now() - since < 4_000);
  await compute.close();
  server.closeAllConnections();
});

test('on AWS a new function needs a role', async () => {
  const compute = openCompute({ region: 'eu-west-1', credentials });
  const input = { name: 'a', zip: new Uint8Array(), handler: 'a.b', runtime: 'nodejs22.x' };
  const rest = { timeoutSeconds: 3, memoryMb: 128, environment: {} };
  await assert.rejects(compute.createFunction({ ...input, ...rest }), isProblem('compute.role-missing', 400));
  await compute.close();
});

test("AWS's errors become problems that name what was done", () => {
  const made = (name: string, more: object = {}) =>
    problemOf(Object.assign(new Error('why'), { name, ...more }), 'function cart');
  assert.equal(made('ResourceNotFoundException').code, 'compute.no-such-function');
  assert.equal(made('ResourceNotFoundException').message, 'function cart: why');
  assert.equal(made('ResourceConflictException').status, 409);
  assert.equal(made('InvalidParameterValueException').status, 400);
  assert.equal(made('RequestTooLargeException').status, 413);
  assert.equal(made('TooManyRequestsException').retryAfterSeconds, 1);
  assert.equal(made('InvalidSignatureException').code, 'compute.not-allowed');
  assert.equal(made('Error', { code: 'ECONNRESET' }).code, 'compute.unavailable');
  assert.equal(made('Unheard', { $metadata: { httpStatusCode: 503 } }).code, 'compute.unavailable');
  assert.equal(made('Unheard').code, 'compute.failed');
});
