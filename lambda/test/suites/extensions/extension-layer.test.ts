import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import type { Recorded } from '../../support/extension-environment.ts';
import { FunctionsMade } from '../../support/functions-made.ts';
import { LayersMade } from '../../support/layers-made.ts';
import { openTwin } from '../../support/twin.ts';

/** Runs the runtime behind a proxy that the layer brings. */
const WRAPPER = `#!/bin/sh
export PORT_FILE="$TMPDIR/port"
"$1" "$(dirname "$0")/proxy.cjs" &
until [ -s "$PORT_FILE" ]; do sleep 0.05; done
export AWS_LAMBDA_RUNTIME_API="127.0.0.1:$(cat "$PORT_FILE")"
exec "$@"
`;
const PROXY = `
const http = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const server = http.createServer((request, response) => {
  const { method, url: path, headers } = request;
  const onward = http.request({ host, port, method, path, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode, { ...answer.headers, 'lambda-runtime-trace-id': 'Root=of-the-proxy' });
    answer.pipe(response);
  });
  request.pipe(onward);
});
server.listen(0, '127.0.0.1', () => {
  require('node:fs').writeFileSync(process.env.PORT_FILE, String(server.address().port));
});
`;

test('a layer brings an extension and a wrapper script whose proxy stands before the Runtime API', async (t) => {
  const twin = await openTwin();
  const layers = new LayersMade(twin);
  const functions = new FunctionsMade(twin);
  t.after(() => twin.close());
  const recorder = readFileSync(join(import.meta.dirname, '../../support/recorder.cjs'), 'utf8');
  const layer = await layers.make({
    'extensions/recorder': `#!${process.execPath}\n${recorder}`,
    'bin/wrapper': WRAPPER,
    'bin/proxy.cjs': PROXY,
  });
  const record = join(twin.directory, 'record');
  const code = 'exports.handler = async () => process.env._X_AMZN_TRACE_ID;';
  const FunctionName = await functions.make(code, {
    Layers: [layer],
    Timeout: 10,
    Environment: {
      Variables: { RECORD: record, PROTOCOL: 'HTTP', AWS_LAMBDA_EXEC_WRAPPER: '/opt/bin/wrapper' },
    },
  });
  const answer = await twin.client.send(new InvokeCommand({ FunctionName, LogType: 'Tail' }));
  assert.equal(Buffer.from(answer.Payload ?? '').toString(), '"Root=of-the-proxy"');
  const requestId = answer.$metadata.requestId ?? '';
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8');
  assert.match(log, new RegExp(`^recorder saw ${requestId}$`, 'm'), "the extension's line is in the log");
  assert.equal(twin.lines.find(({ line }) => line.startsWith('recorder saw'))?.source, 'extension');

  await twin.client.send(new DeleteFunctionCommand({ FunctionName }));
  const recorded = () =>
    readFileSync(record, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Recorded);
  const told = () =>
    recorded()
      .filter(({ kind }) => kind === 'event')
      .map(({ value }) => value);
  for (const end = performance.now() + 10_000; told().length < 2 && performance.now() < end; )
    await sleep(20);
  assert.deepEqual(
    told().map(({ eventType, shutdownReason }) => [eventType, shutdownReason]),
    [
      ['INVOKE', undefined],
      ['SHUTDOWN', 'spindown'],
    ],
  );
  const reported = recorded().find(({ value }) => value.type === 'platform.report')?.value.record;
  const [report] = twin.reports;
  assert.deepEqual(
    [reported.requestId, reported.metrics.billedDurationMs, reported.metrics.durationMs],
    [report?.requestId, report?.billedMs, report?.durationMs],
    'the extension and the control room have the same report',
  );
});
