import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openTwin, type Twin } from '../support/twin.ts';
import { Application, bundled, fixture, packageOf } from './application.ts';

type Line = Record<string, unknown>;

let twin: Twin;
let application: Application;
let daemon: Socket;
/** What the tracer sent to the X-Ray daemon's port. */
const segments: Line[] = [];

/** Powertools' documentation has this for ES modules with CommonJS dependencies. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

before(async () => {
  daemon = createSocket('udp4', (message) => {
    segments.push(JSON.parse(message.toString().split('\n')[1] as string));
  });
  await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
  twin = await openTwin();
  // X-Ray takes the trace of the caller, as it does on AWS.
  twin.client.middlewareStack.add(
    (next, context) => (input) => {
      if (context.commandName === 'InvokeCommand') {
        const { headers } = input.request as { headers: Record<string, string> };
        headers['x-amzn-trace-id'] =
          'Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1';
      }
      return next(input);
    },
    { step: 'build', name: 'sampled' },
  );
  const code = await bundled(fixture('powertools/index.ts'), {
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE },
  });
  application = await Application.deploy(twin, packageOf(code), {
    Environment: {
      Variables: {
        POWERTOOLS_LOG_LEVEL: 'INFO',
        POWERTOOLS_LOGGER_LOG_EVENT: 'true',
        AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
      },
    },
  });
});
after(async () => {
  daemon?.close();
  await twin.close();
});

/** The JSON that was written during an invocation. */
const linesOf = (requestId: string): Line[] =>
  twin.lines.filter((line) => line.requestId === requestId).map(({ line }) => JSON.parse(line));
const metricsIn = (lines: Line[]) => lines.filter((line) => '_aws' in line);

test('every line of Powertools is JSON and belongs to the request that wrote it', async () => {
  const first = await application.invoke({ id: 'o-1', cents: 450 });
  assert.deepEqual([first.error, first.payload], [undefined, { placed: 'o-1' }], first.log);
  const second = await application.invoke({ id: 'o-2', cents: 120 });
  for (const [{ requestId }, id, cold] of [
    [first, 'o-1', true],
    [second, 'o-2', false],
  ] as const) {
    const logged = linesOf(requestId).filter((line) => 'level' in line);
    assert.deepEqual(
      logged.map(({ message }) => message),
      ['Lambda invocation event', 'placing'],
    );
    for (const line of logged) {
      assert.equal(line.function_request_id, requestId);
      assert.equal(line.function_name, application.name);
      assert.equal(line.function_memory_size, '512');
      assert.match(String(line.function_arn), new RegExp(`:function:${application.name}$`));
      assert.deepEqual([line.cold_start, line.stage], [cold, 'test']);
      assert.equal(line.xray_trace_id, '1-67891233-abcdef012345678912345678');
    }
    assert.equal(logged.at(-1)?.orderId, id);
    assert.equal(logged[0]?.orderId, undefined, "another invocation's keys are gone");
  }
  assert.ok(first.log.includes('"placing"'), first.log);
});

test('metrics come as embedded metric format, the cold start once', async () => {
  const { requestId } = await application.invoke({ id: 'o-3', cents: 1 });
  const [placed, ...rest] = metricsIn(linesOf(requestId));
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [placed?.placed, placed?.currency, placed?.service, placed?.orderId],
    [1, 'EUR', 'orders', 'o-3'],
  );
  const { CloudWatchMetrics } = (placed?._aws ?? {}) as { CloudWatchMetrics?: Line[] };
  assert.equal(CloudWatchMetrics?.[0]?.Namespace, 'shop');
  const all = metricsIn(
    twin.lines.filter(({ line }) => line.startsWith('{')).map(({ line }) => JSON.parse(line)),
  );
  const cold = all.filter((line) => 'ColdStart' in line);
  assert.deepEqual(
    cold.map((line) => [line.ColdStart, line.function_name]),
    [[1, application.name]],
  );
});

test('an error reaches the log and the caller through the utilities', async () => {
  const { error, payload, requestId } = await application.invoke({ id: 'o-4', cents: 0 });
  assert.equal(error, 'Unhandled');
  assert.deepEqual([payload.errorType, payload.errorMessage], ['RangeError', 'the order o-4 costs nothing']);
  assert.ok(twin.lines.some((line) => line.requestId === requestId && line.line.includes('o-4')));
});

test('the tracer sends its segments with the trace of the request', async () => {
  await application.invoke({ id: 'o-5', cents: 300 });
  const charged = () =>
    segments.find(({ name, annotations }) => name === '### charge' && (annotations as Line).cents === 300);
  for (let waited = 0; !charged() && waited < 10_000; waited += 20) await pause(20);
  assert.equal(charged()?.trace_id, '1-67891233-abcdef012345678912345678');
  assert.ok(
    segments.some(({ name }) => name === '## index.handler'),
    segments.map(({ name }) => name).join(),
  );
});
