import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../clock.ts';
import type { Launch } from '../../processes/launch.ts';
import { RuntimeApi, type RuntimeApiEvents } from '../runtime-api/runtime-api.ts';
import { TelemetryStream } from '../telemetry/telemetry-stream.ts';
import { Extensions } from './extensions.ts';
import { ExtensionsApi } from './extensions-api.ts';

const LAUNCH: Launch = {
  instance: 'i',
  command: '',
  arguments: [],
  channel: false,
  kind: undefined,
  functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:cart',
  taskRoot: '/',
  layersRoot: undefined,
  sandboxed: false,
  codeDirectory: '/',
  storageMb: 512,
  initialization: 'on-demand',
  temporary: '',
  variables: {
    AWS_LAMBDA_FUNCTION_NAME: 'cart',
    AWS_LAMBDA_FUNCTION_VERSION: '7',
    _HANDLER: 'index.handler',
  },
  timeoutSeconds: 3,
  memoryMb: 128,
};
const REGISTER = '/2020-01-01/extension/register';
const NEXT = '/2020-01-01/extension/event/next';
const nothing = () => {};
const UNUSED: RuntimeApiEvents = {
  arrived: nothing,
  ready: nothing,
  left: nothing,
  responding: nothing,
  response: nothing,
  responseTooLarge: nothing,
  error: nothing,
  initError: nothing,
};

let api: RuntimeApi;
let extensions: Extensions;
let telemetry: TelemetryStream;
let address: string;
let failures: string[][];

beforeEach(async () => {
  failures = [];
  extensions = new Extensions({
    launch: LAUNCH,
    process: () => assert.fail('there are no external extensions'),
    events: {
      registered: nothing,
      next: nothing,
      failed: (type, detail) => failures.push([type, detail]),
      line: nothing,
    },
  });
  telemetry = new TelemetryStream(systemClock, false);
  api = new RuntimeApi(UNUSED, new ExtensionsApi(extensions, telemetry, LAUNCH));
  address = await api.listen();
});
afterEach(() => {
  telemetry.close();
  api.close();
});

interface Answer {
  status: number;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each answer has its own.
  body: any;
}

/** A request on a connection of its own; `cut` gives it up. */
function call(method: string, path: string, headers: Record<string, string> = {}, body?: unknown) {
  const [host, port] = address.split(':');
  const sending = request({ host, port, method, path, headers, agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const id = response.headers['lambda-extension-identifier'] as string | undefined;
        resolve({ status: response.statusCode ?? 0, id, body: JSON.parse(String(Buffer.concat(parts))) });
      });
    });
  });
  sending.end(body === undefined ? undefined : JSON.stringify(body));
  return { answer, cut: () => sending.destroy() };
}

const ask = (...how: Parameters<typeof call>): Promise<Answer> => call(...how).answer;
const register = (name: string, body: unknown = { events: ['INVOKE'] }) =>
  ask('POST', REGISTER, { 'lambda-extension-name': name }, body);

async function identified(name = 'inside'): Promise<Record<string, string>> {
  return { 'lambda-extension-identifier': (await register(name)).id ?? '' };
}

test('a registration is answered with the function; the account only on request', async () => {
  const { status, body } = await register('inside');
  assert.equal(status, 200);
  assert.deepEqual(body, { functionName: 'cart', functionVersion: '7', handler: 'index.handler' });
  const headers = { 'lambda-extension-name': 'other', 'lambda-extension-accept-feature': 'accountId' };
  assert.equal((await ask('POST', REGISTER, headers, {})).body.accountId, '123456789012');
});

test("what is not granted is refused with AWS's types", async () => {
  const id = await identified();
  const header = (value: string) => ({ 'lambda-extension-identifier': value });
  const cases: [() => Promise<Answer>, status: number, type: string][] = [
    [() => ask('POST', REGISTER, {}, {}), 403, 'Extension.InvalidExtensionName'],
    [() => register('x', 'text'), 403, 'InvalidRequestFormat'],
    [() => register('x', { events: 'INVOKE' }), 403, 'InvalidRequestFormat'],
    [() => register('x', { events: ['SHUTDOWN'] }), 403, 'Extension.InvalidEventType'],
    [() => register('inside'), 403, 'Extension.InvalidExtensionState'],
    [() => ask('GET', NEXT), 403, 'Extension.MissingExtensionIdentifier'],
    [() => ask('GET', NEXT, header('1')), 403, 'Extension.InvalidExtensionIdentifier'],
    [() => ask('GET', NEXT, header(crypto.randomUUID())), 403, 'Extension.UnknownExtensionIdentifier'],
    [() => ask('POST', '/2020-01-01/extension/init/error', id, {}), 403, 'Extension.MissingHeader'],
    [() => ask('PUT', '/2022-07-01/telemetry', id, { types: [] }), 400, 'ValidationError'],
    [() => ask('PUT', '/2020-08-15/logs', id, {}), 202, 'Logs.NotSupported'],
    [() => ask('POST', NEXT, id), 405, 'MethodNotAllowed'],
    [() => ask('GET', '/2020-01-01/elsewhere', id), 404, 'NotFound'],
  ];
  for (const [asking, status, type] of cases) {
    const { status: seen, body } = await asking();
    assert.deepEqual([seen, body.errorType], [status, type], JSON.stringify(body));
    assert.equal(typeof body.errorMessage, 'string');
  }
  assert.deepEqual(failures, []);
});

test('at most ten extensions register', async () => {
  for (let n = 1; n <= 10; n++) assert.equal((await register(`e${n}`)).status, 200);
  assert.equal((await register('e11')).body.errorType, 'Extension.TooManyExtensions');
});

test('nothing registers or subscribes after the initialisation', async () => {
  const id = await identified();
  telemetry.seal();
  const { status, body } = await ask('PUT', '/2022-07-01/telemetry', id, {});
  assert.deepEqual([status, body.errorType], [403, 'Telemetry.SubscriptionClosed']);
  extensions.seal();
  assert.equal((await register('late')).body.errorType, 'Extension.RegistrationClosed');
});

test('one question at a time; one whose asker has gone is not lost', async () => {
  const id = await identified();
  assert.equal(extensions.done, false);
  const first = call('GET', NEXT, id);
  await until(() => extensions.done);
  assert.equal((await ask('GET', NEXT, id)).body.errorType, 'Extension.InvalidExtensionState');
  const gone = assert.rejects(first.answer);
  first.cut();
  await gone;
  const delivery = { requestId: 'r1', functionArn: 'arn', traceId: 'Root=1', deadlineMs: 5 };
  await new Promise((resolve) => setTimeout(resolve, 30));
  extensions.invoke({ ...delivery, clientContext: undefined, payload: new Uint8Array() });
  assert.equal(extensions.done, false, 'it has an event to take');
  assert.equal((await ask('GET', NEXT, id)).body.requestId, 'r1');
  assert.equal(extensions.done, false, 'it works');
});

test('an extension that says it failed fails the environment and is heard no more', async () => {
  const id = await identified();
  const headers = { ...id, 'lambda-extension-function-error-type': 'Fatal.NoKey' };
  const told = await ask('POST', '/2020-01-01/extension/exit/error', headers, { errorType: 'x' });
  assert.deepEqual([told.status, told.body], [202, { status: 'OK' }]);
  assert.deepEqual(failures, [['Extension.ExitError', 'Fatal.NoKey']]);
  assert.equal((await ask('GET', NEXT, id)).body.errorType, 'Extension.InvalidExtensionState');
});
