import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { ExtensionEnvironment, type ExtensionSetting } from '../../support/extension-environment.ts';

const ECHO = 'export const handler = async (event) => event;';

async function opened(t: TestContext, setting: ExtensionSetting): Promise<ExtensionEnvironment> {
  const it = await ExtensionEnvironment.open(setting);
  t.after(() => it.close());
  return it;
}

const eventsOf = async (it: ExtensionEnvironment, name = 'recorder') =>
  (await it.recorded('event')).filter((entry) => entry.name === name).map(({ value }) => value);

test('an extension registers before the runtime starts, is told of each invocation and of the end', async (t) => {
  const it = await opened(t, { code: `process.stdout.write('loaded\\n'); ${ECHO}` });
  const { answer, ended } = await it.invoke('r1', { a: 1 });
  const outcome = await answer;
  assert.deepEqual(outcome, { ok: true, payload: Buffer.from('{"a":1}') });
  assert.equal((await ended).report.status, 'success');
  const [registered] = await it.recorded('registered');
  assert.equal(registered?.value.status, 200);
  assert.match(registered?.value.headers['lambda-extension-identifier'], /^[0-9a-f-]{36}$/);
  assert.deepEqual(registered?.value.body, {
    functionName: 'cart',
    functionVersion: '$LATEST',
    handler: 'index.handler',
    accountId: '123456789012',
  });
  const [invoke] = await eventsOf(it);
  assert.ok(invoke.deadlineMs > Date.now() - 60_000);
  assert.deepEqual(invoke, {
    eventType: 'INVOKE',
    deadlineMs: invoke.deadlineMs,
    requestId: 'r1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:cart',
    tracing: {
      type: 'X-Amzn-Trace-Id',
      value: 'Root=1-5f35ae12-0c0fec141ab77a00bc047aa2;Parent=2be948a625588e32;Sampled=1',
    },
  });
  await it.environment.close();
  const [, shutdown] = await eventsOf(it);
  assert.ok(shutdown.deadlineMs > invoke.deadlineMs - 60_000);
  assert.deepEqual(shutdown, {
    eventType: 'SHUTDOWN',
    shutdownReason: 'spindown',
    deadlineMs: shutdown.deadlineMs,
  });
  assert.deepEqual(
    it.lines.map(({ source, line }) => [source, line]),
    [
      ['function', 'loaded'],
      ['extension', 'recorder saw r1'],
    ],
  );
});

test('the caller has its answer while extensions work on; only then the environment is free', async (t) => {
  const it = await opened(t, { code: ECHO, environment: { WORK_MS: '400' } });
  const { answer, ended } = await it.invoke('r1');
  const since = performance.now();
  assert.equal((await answer).ok, true);
  assert.equal(it.environment.ready, false);
  assert.equal(it.idle, 1, 'it was idle once, before this invocation');
  const { report } = await ended;
  await it.until('it is free', () => it.environment.ready);
  assert.ok(performance.now() - since >= 300);
  assert.ok(report.metrics.durationMs >= 390, `${report.metrics.durationMs} ms`);
  assert.ok(report.metrics.billedDurationMs >= report.metrics.durationMs);
});

test('the initialisation lasts until the last extension asks for its first event', async (t) => {
  const it = await opened(t, { code: ECHO, environment: { INIT_MS: '400' }, extensions: ['a', 'b'] });
  const { answer } = await it.invoke('r1');
  assert.equal((await answer).ok, true);
  assert.ok((it.environment.initMs ?? 0) >= 390);
});

test('the timeout covers the extensions: the answer stands, the environment ends', async (t) => {
  const it = await opened(t, { code: ECHO, timeoutSeconds: 1, environment: { WORK_MS: '30000' } });
  const { answer, ended } = await it.invoke('r1');
  assert.equal((await answer).ok, true);
  const { report } = await ended;
  assert.equal(report.status, 'timeout');
  assert.ok(report.metrics.durationMs >= 990);
  await it.until('the environment has ended', () => it.ended);
});

test('reasons of a shutdown: a timeout and a failure', async (t) => {
  const slow = await opened(t, {
    code: 'export const handler = () => new Promise(() => setInterval(() => {}, 1e3));',
    timeoutSeconds: 1,
  });
  const { answer } = await slow.invoke('r1');
  const outcome = await answer;
  assert.equal(outcome.ok, false);
  const told = await slow.untilRecorded('it is told', (all) => all.some(({ value }) => value.shutdownReason));
  assert.equal(told.at(-1)?.value.shutdownReason, 'timeout');
  const broken = await opened(t, { code: 'export const handler = () => process.exit(3);' });
  assert.equal((await (await broken.invoke('r1')).answer).ok, false);
  const failed = await broken.untilRecorded('it is told', (all) =>
    all.some(({ value }) => value.shutdownReason),
  );
  assert.equal(failed.at(-1)?.value.shutdownReason, 'failure');
});

test('an extension that does not end is killed after its two seconds, and one that is not told at once', async (t) => {
  const it = await opened(t, { code: ECHO, environment: { STAY: '1' }, extensions: ['stays'] });
  await (await it.invoke('r1')).ended;
  const since = performance.now();
  await it.environment.close();
  assert.ok(performance.now() - since >= 1_500);
  assert.equal((await eventsOf(it, 'stays')).at(-1).eventType, 'SHUTDOWN');
  const untold = await opened(t, { code: ECHO, environment: { STAY: '1', EVENTS: 'INVOKE' } });
  await (await untold.invoke('r1')).ended;
  await untold.environment.close();
  assert.equal((await eventsOf(untold)).at(-1).eventType, 'INVOKE');
});

test('an extension that crashes, cannot be started or says that it failed fails the start', async (t) => {
  const cases: [Partial<ExtensionSetting>, type: string, message: RegExp][] = [
    [{ environment: { CRASH: 'recorder' } }, 'Extension.Crash', /Error: exit code 7$/],
    [
      { extensions: ['unexecutable'] },
      'Extension.LaunchError',
      /fork\/exec \/opt\/extensions\/unexecutable: permission denied$/,
    ],
    [{ environment: { INIT_ERROR: 'Fatal.NoKey' } }, 'Extension.InitError', /Error: Fatal\.NoKey$/],
  ];
  for (const [setting, type, message] of cases) {
    const it = await opened(t, { code: ECHO, ...setting });
    await it.until('it has ended', () => it.ended);
    const { errorType, errorMessage } = JSON.parse(String(it.failure?.payload));
    assert.equal(errorType, type);
    assert.match(errorMessage, message);
  }
});

test('an internal extension registers for invocations only, and not after the initialisation', async (t) => {
  const code = `
    const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension';
    const register = async (name, events) => {
      const headers = { 'Lambda-Extension-Name': name };
      const answer = await fetch(base + '/register', { method: 'POST', headers, body: JSON.stringify({ events }) });
      const { errorType, errorMessage } = await answer.json();
      return { status: answer.status, id: answer.headers.get('lambda-extension-identifier'), errorType, errorMessage };
    };
    const seen = [await register('inside', ['SHUTDOWN']), await register('inside', ['WAKE'])];
    const { id } = await register('inside', ['INVOKE']);
    seen.push(await register('inside', ['INVOKE']));
    const next = () => fetch(base + '/event/next', { headers: { 'Lambda-Extension-Identifier': id } });
    const loop = async () => { for (;;) seen.push(await (await next()).json()); };
    loop();
    export const handler = async () => {
      while (seen.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      return [...seen, await register('late', [])];
    };`;
  const it = await opened(t, { code, extensions: [] });
  const outcome = await (await it.invoke('r1')).answer;
  assert.ok(outcome.ok, String(!outcome.ok && outcome.failure.payload));
  const [shutdown, unknown, twice, invoke, late] = JSON.parse(String(outcome.payload));
  assert.deepEqual(
    [shutdown.status, shutdown.errorType, shutdown.errorMessage],
    [403, 'Extension.InvalidEventType', 'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension'],
  );
  assert.equal(unknown.errorMessage, 'WAKE: ErrorInvalidEventType');
  assert.equal(twice.errorType, 'Extension.InvalidExtensionState');
  assert.deepEqual([invoke.eventType, invoke.requestId], ['INVOKE', 'r1']);
  assert.equal(late.errorType, 'Extension.RegistrationClosed');
});

test('extensions are frozen with the environment and thawed with it', async (t) => {
  if (!existsSync('/proc/self/stat')) return t.skip('needs /proc');
  const code = 'export const handler = async () => process.pid;';
  const it = await opened(t, { code, environment: { PROTOCOL: 'HTTP' } });
  const outcome = await (await it.invoke('r1')).answer;
  const pid = Number(outcome.ok && outcome.payload);
  const state = (of: number) => /\) (\w)/.exec(readFileSync(`/proc/${of}/stat`, 'utf8'))?.[1];
  await it.until('it is frozen', () => state(pid) === 'T');
  const before = (await eventsOf(it)).length;
  assert.equal((await (await it.invoke('r2')).answer).ok, true);
  await it.untilRecorded('it is told', (all) => all.filter(({ kind }) => kind === 'event').length > before);
});

test('an extension may stand between the runtime and its API', async (t) => {
  const proxy = `
    const http = require('node:http');
    const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
    http.createServer((request, response) => {
      const { method, url: path, headers } = request;
      const onward = http.request({ host, port, method, path, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode, { ...answer.headers, 'lambda-runtime-trace-id': 'Root=of-the-proxy' });
        answer.pipe(response);
      });
      request.pipe(onward);
    }).listen(0, '127.0.0.1', function () { require('node:fs').writeFileSync(process.env.PORT_FILE, String(this.address().port)); });`;
  const it = await opened(t, {
    code: 'export const handler = async () => process.env._X_AMZN_TRACE_ID;',
    environment: { PROXY: proxy },
    launch: (launch) => ({
      ...launch,
      command: '/bin/sh',
      arguments: [
        '-c',
        'export PORT_FILE="$TMPDIR/port"; "$0" -e "$PROXY" & until [ -s "$TMPDIR/port" ]; do sleep 0.05; done; export AWS_LAMBDA_RUNTIME_API="127.0.0.1:$(cat "$TMPDIR/port")"; exec "$0" "$1"',
        process.execPath,
        launch.arguments[1] as string,
      ],
      channel: false,
      kind: undefined,
    }),
  });
  const outcome = await (await it.invoke('r1')).answer;
  assert.ok(outcome.ok);
  assert.equal(String(outcome.payload), '"Root=of-the-proxy"');
});
