import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import type { Subscription } from './subscription.ts';
import { TelemetrySubscriber } from './telemetry-subscriber.ts';

/** A listener that answers when the test says so. */
async function listener(t: TestContext) {
  const batches: unknown[][] = [];
  const open: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      batches.push(JSON.parse(String(Buffer.concat(parts))));
      open.push(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const answer = (status = 200) => open.shift()?.writeHead(status).end();
  return { port: (server.address() as AddressInfo).port, batches, answer };
}

function subscriber(t: TestContext, port: number, more: Partial<Subscription> = {}): TelemetrySubscriber {
  const made = new TelemetrySubscriber(
    {
      schemaVersion: '2022-12-13',
      types: ['function'],
      maxItems: 3,
      maxBytes: 1_000,
      timeoutMs: 30_000,
      destination: { protocol: 'HTTP', port, path: '/' },
      ...more,
    },
    ({ droppedRecords, droppedBytes }) => JSON.stringify({ droppedRecords, droppedBytes }),
  );
  t.after(() => made.close());
  return made;
}

test('a batch goes out when it is full by items, by bytes, or old enough', async (t) => {
  const { port, batches, answer } = await listener(t);
  const items = subscriber(t, port);
  for (const event of [1, 2, 3]) items.push(String(event));
  await until(() => batches.length === 1);
  const bytes = subscriber(t, port);
  bytes.push(JSON.stringify('x'.repeat(998)));
  await until(() => batches.length === 2);
  const timed = subscriber(t, port, { timeoutMs: 25 });
  timed.push('4');
  await until(() => batches.length === 3);
  assert.deepEqual([batches[0], batches[2]], [[1, 2, 3], [4]]);
  answer();
});

test('one batch at a time, in order; what does not fit meanwhile is dropped and told first', async (t) => {
  const { port, batches, answer } = await listener(t);
  const slow = subscriber(t, port);
  for (let event = 1; event <= 10; event++) slow.push(String(event));
  await until(() => batches.length === 1);
  answer();
  await until(() => batches.length === 2);
  answer();
  assert.deepEqual(batches, [
    [1, 2, 3],
    [{ droppedRecords: 4, droppedBytes: 5 }, 4, 5, 6],
  ]);
  slow.push('11');
  const flushed = slow.flush();
  await until(() => batches.length === 3);
  answer();
  await flushed;
  assert.deepEqual(batches[2], [11]);
});

test('a batch that is refused comes again, the same, before the next', async (t) => {
  const { port, batches, answer } = await listener(t);
  const tried = subscriber(t, port);
  for (const event of [1, 2, 3, 4]) tried.push(String(event));
  await until(() => batches.length === 1);
  answer(500);
  await until(() => batches.length === 2);
  answer();
  const flushed = tried.flush();
  await until(() => batches.length === 3);
  answer();
  await flushed;
  assert.deepEqual(batches, [[1, 2, 3], [1, 2, 3], [4]]);
});

test('closing ends the wait for a listener that is not there', async (t) => {
  const { port } = await listener(t);
  for (const protocol of ['HTTP', 'TCP'] as const) {
    // Nobody listens on port 1.
    const alone = subscriber(t, port, { destination: { protocol, port: 1, path: '/' } });
    alone.push('1');
    const flushed = alone.flush();
    await new Promise((resolve) => setTimeout(resolve, 30));
    alone.close();
    await flushed;
  }
});
