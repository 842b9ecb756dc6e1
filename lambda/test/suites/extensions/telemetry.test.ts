import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Launch } from '../../../src/processes/launch.ts';
import {
  ExtensionEnvironment,
  type ExtensionSetting,
  type Recorded,
} from '../../support/extension-environment.ts';

interface Event {
  time: string;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has its own.
  record: any;
}

/** What AWS's schema reference says of each record: required members, then those that may be absent. */
const SCHEMA: Record<string, [required: Record<string, string>, optional?: Record<string, string>]> = {
  'platform.initStart': [
    { initializationType: 'initType', phase: 'initPhase', functionName: 'text', functionVersion: 'text' },
    { instanceId: 'text', instanceMaxMemory: 'integer', functionArn: 'text' },
  ],
  'platform.initRuntimeDone': [
    { initializationType: 'initType', phase: 'initPhase', status: 'status' },
    { errorType: 'text' },
  ],
  'platform.initReport': [
    { initializationType: 'initType', phase: 'initPhase', metrics: 'metrics' },
    { status: 'status', errorType: 'text' },
  ],
  'platform.start': [{ requestId: 'text' }, { version: 'text', tracing: 'tracing' }],
  'platform.runtimeDone': [
    { requestId: 'text', status: 'status' },
    { metrics: 'metrics', tracing: 'tracing', spans: 'spans', errorType: 'text' },
  ],
  'platform.report': [
    { requestId: 'text', status: 'status', metrics: 'metrics' },
    { tracing: 'tracing', spans: 'spans', errorType: 'text' },
  ],
  'platform.extension': [{ name: 'text', state: 'text', events: 'texts' }, { errorType: 'text' }],
  'platform.telemetrySubscription': [{ name: 'text', state: 'text', types: 'texts' }],
  'platform.logsDropped': [{ droppedRecords: 'integer', droppedBytes: 'integer', reason: 'text' }],
};
const isTime = (value: unknown) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)) && !Number.isNaN(Date.parse(String(value)));
const isNumber = (value: unknown) => typeof value === 'number' && value >= 0;
const isText = (value: unknown) => typeof value === 'string' && value !== '';
const INTEGERS = ['billedDurationMs', 'memorySizeMB', 'maxMemoryUsedMB', 'producedBytes'];
const DOUBLES = ['durationMs', 'initDurationMs'];
// biome-ignore lint/suspicious/noExplicitAny: it judges whatever came.
const KINDS: Record<string, (value: any) => boolean> = {
  text: isText,
  integer: (value) => isNumber(value) && Number.isInteger(value),
  texts: (value) => Array.isArray(value) && value.every(isText),
  initType: (value) => ['on-demand', 'provisioned-concurrency', 'snap-start'].includes(value),
  initPhase: (value) => ['init', 'invoke'].includes(value),
  status: (value) => ['success', 'failure', 'error', 'timeout'].includes(value),
  metrics: (value) =>
    isNumber(value.durationMs) &&
    Object.entries(value).every(([name, number]) =>
      INTEGERS.includes(name) ? Number.isInteger(number) : DOUBLES.includes(name) && isNumber(number),
    ),
  tracing: ({ spanId, type, value }) => isText(spanId) && type === 'X-Amzn-Trace-Id' && isText(value),
  spans: (value) =>
    value.every(
      (span: Record<string, unknown>) => isText(span.name) && isTime(span.start) && isNumber(span.durationMs),
    ),
};

function assertValid({ time, type, record, ...rest }: Event): void {
  assert.deepEqual(rest, {});
  assert.ok(isTime(time), time);
  if (type === 'function' || type === 'extension') return;
  const [required, optional = {}] = SCHEMA[type] ?? assert.fail(`unknown type ${type}`);
  for (const name of Object.keys(required)) assert.ok(name in record, `${type} without ${name}`);
  for (const [name, value] of Object.entries(record)) {
    const kind = { ...required, ...optional }[name] ?? assert.fail(`${type} with ${name}`);
    assert.ok(KINDS[kind]?.(value), `${type}.${name}: ${JSON.stringify(value)}`);
  }
}

async function opened(t: TestContext, setting: ExtensionSetting): Promise<ExtensionEnvironment> {
  const it = await ExtensionEnvironment.open(setting);
  t.after(() => it.close());
  return it;
}

const eventsOf = (all: Recorded[]): Event[] =>
  all.filter(({ kind }) => kind === 'telemetry').map(({ value }) => value);

/** The events when one of that type has come so often. */
async function eventsUntil(it: ExtensionEnvironment, type: string, times: number): Promise<Event[]> {
  const all = await it.untilRecorded(`${times} × ${type}`, (entries) => {
    return eventsOf(entries).filter((event) => event.type === type).length >= times;
  });
  const events = eventsOf(all);
  events.forEach(assertValid);
  const times_ = events.map(({ time }) => time);
  assert.deepEqual(times_, times_.toSorted(), 'the events come in their order');
  return events;
}

/** What came, apart from the extension's own lines and its subscription, which belongs to the initialisation. */
function typesOf(events: Event[]): string[] {
  const types = events
    .filter(({ type }) => type !== 'extension')
    .map(({ type, record }) => (typeof record === 'string' ? `${type}: ${record}` : type));
  const subscription = types.indexOf('platform.telemetrySubscription');
  assert.ok(subscription > 0 && subscription < types.indexOf('platform.initReport'));
  return types.toSpliced(subscription, 1);
}

/** Without the subscription, which comes while the runtime starts. */
const INIT = [
  'platform.initStart',
  'function: loaded',
  'platform.initRuntimeDone',
  'platform.extension',
  'platform.initReport',
];
const CODE = `
  const print = (text) => process.stdout.write(text + '\\n');
  print('loaded');
  export const handler = async ({ fail, hang }) => {
    print('called');
    if (fail) throw new TypeError('no');
    if (hang) await new Promise(() => setInterval(() => {}, 1e3));
    return 'done';
  };`;

for (const PROTOCOL of ['HTTP', 'TCP']) {
  test(`over ${PROTOCOL}, success, error and timeout are told in AWS's order and schema`, async (t) => {
    const it = await opened(t, { code: CODE, environment: { PROTOCOL }, timeoutSeconds: 2 });
    await (await it.invoke('r1')).ended;
    await (await it.invoke('r2', { fail: true })).ended;
    await (await it.invoke('r3', { hang: true })).ended;
    const events = await eventsUntil(it, 'platform.report', 3);
    const [subscribed] = await it.recorded('subscribed');
    assert.deepEqual([subscribed?.value.status, subscribed?.value.body], [200, 'OK']);
    const [thrown] = events.filter(({ record }) => String(record).includes('Invoke Error'));
    assert.match(thrown?.record, /\tr2\tERROR\tInvoke Error \t/);
    const invocation = ['platform.start', 'function: called', 'platform.runtimeDone', 'platform.report'];
    assert.deepEqual(typesOf(events.filter((event) => event !== thrown)), [
      ...INIT,
      ...invocation,
      ...invocation,
      ...invocation,
    ]);
    assert.deepEqual(
      events
        .filter(({ type }) => type === 'extension')
        .map(({ record }) => record)
        .slice(0, 2),
      ['recorder saw r1', 'recorder saw r2'],
    );
    const done = events.filter(({ type }) => type === 'platform.runtimeDone').map(({ record }) => record);
    assert.deepEqual(
      done.map(({ requestId, status, errorType }) => [requestId, status, errorType]),
      [
        ['r1', 'success', undefined],
        ['r2', 'error', 'TypeError'],
        ['r3', 'timeout', 'Sandbox.Timedout'],
      ],
    );
    assert.deepEqual(
      done.map(({ spans }) => spans.map(({ name }: { name: string }) => name)),
      [
        ['responseLatency', 'responseDuration', 'runtimeOverhead'],
        ['responseLatency', 'responseDuration', 'runtimeOverhead'],
        [],
      ],
    );
    assert.equal(done[0].metrics.producedBytes, '"done"'.length);
    const reports = events.filter(({ type }) => type === 'platform.report').map(({ record }) => record);
    assert.ok(reports[0].metrics.initDurationMs > 0);
    assert.equal('initDurationMs' in reports[1].metrics, false);
    assert.ok(reports[2].metrics.durationMs >= 1_990);
    assert.equal(reports[0].metrics.memorySizeMB, 128);
    assert.ok(reports[0].metrics.maxMemoryUsedMB > 10);
  });
}

test('an initialisation that fails is told, and the extension is shut down for it', async (t) => {
  const it = await opened(t, { code: 'throw new RangeError("no");', environment: { PROTOCOL: 'HTTP' } });
  const events = await eventsUntil(it, 'platform.initReport', 1);
  const [line, done, report] = ['function', 'platform.initRuntimeDone', 'platform.initReport'].map((wanted) =>
    events.find(({ type }) => type === wanted),
  );
  assert.deepEqual(
    typesOf(events).map((type) => type.split(':')[0]),
    INIT.map((type) => type.split(':')[0]),
  );
  assert.match(line?.record, /RangeError/);
  assert.deepEqual([done?.record.status, done?.record.errorType], ['error', 'RangeError']);
  assert.deepEqual([report?.record.status, report?.record.errorType], ['error', 'RangeError']);
  const all = await it.untilRecorded('it is told', (entries) => entries.some(({ kind }) => kind === 'event'));
  assert.equal(all.findLast(({ kind }) => kind === 'event')?.value.shutdownReason, 'failure');
  assert.ok(
    all.findLastIndex(({ kind }) => kind === 'telemetry') < all.findIndex(({ kind }) => kind === 'event'),
    'telemetry comes before the end',
  );
});

test('a listener that refuses at first gets everything, in order', async (t) => {
  const it = await opened(t, { code: CODE, environment: { PROTOCOL: 'HTTP', REFUSE: '2' } });
  await (await it.invoke('r1')).ended;
  const events = await eventsUntil(it, 'platform.report', 1);
  assert.deepEqual(typesOf(events.filter(({ type }) => type !== 'extension')), [
    ...INIT,
    'platform.start',
    'function: called',
    'platform.runtimeDone',
    'platform.report',
  ]);
});

test('before the environment is frozen, what is buffered is delivered, however long it might wait', async (t) => {
  const it = await opened(t, { code: CODE, environment: { PROTOCOL: 'HTTP', TIMEOUT_MS: '30000' } });
  await (await it.invoke('r1')).ended;
  // Events are awaited for less than the 30 s.
  await eventsUntil(it, 'platform.report', 1);
});

test('lines that are JSON objects are objects for a function whose format is JSON', async (t) => {
  const code = `export const handler = async () => {
    process.stdout.write('{"level":"INFO","a":{"b":1}}\\nplain\\n');
  };`;
  const records = async (SCHEMA: string) => {
    const environment = { PROTOCOL: 'HTTP', SCHEMA };
    const launch = (usual: Launch) => ({
      ...usual,
      variables: { ...usual.variables, AWS_LAMBDA_LOG_FORMAT: 'JSON' },
    });
    const it = await opened(t, { code, environment, launch });
    await (await it.invoke('r1')).ended;
    const events = await eventsUntil(it, 'platform.report', 1);
    return events.filter(({ type }) => type === 'function').map(({ record }) => record);
  };
  assert.deepEqual(await records('2022-12-13'), [{ level: 'INFO', a: { b: 1 } }, 'plain']);
  assert.deepEqual(await records('2022-07-01'), ['{"level":"INFO","a":{"b":1}}', 'plain']);
});

test('an initialisation that takes longer than 10 s is told twice: in its own phase and in that of the invocation', async (t) => {
  const code = `
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = process.env.RECORD + '-tried';
    if (!existsSync(mark)) { writeFileSync(mark, ''); await new Promise(() => setInterval(() => {}, 1e3)); }
    export const handler = async () => 'late';`;
  const it = await opened(t, { code, environment: { PROTOCOL: 'HTTP' } });
  const outcome = await (await it.invoke('r1')).answer;
  assert.ok(outcome.ok);
  const events = await eventsUntil(it, 'platform.report', 1);
  const init = events.filter(({ type }) => /^platform\.init/.test(type));
  assert.deepEqual(
    init.map(({ type, record }) => [type, record.phase, record.status]),
    [
      ['platform.initStart', 'init', undefined],
      ['platform.initRuntimeDone', 'init', 'timeout'],
      ['platform.initReport', 'init', 'timeout'],
      ['platform.initStart', 'invoke', undefined],
      ['platform.initRuntimeDone', 'invoke', 'success'],
      ['platform.initReport', 'invoke', 'success'],
    ],
  );
});
