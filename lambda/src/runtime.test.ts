import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fixture, FUNCTIONS, newDirectory, zipOf } from '../test/support/runtime.ts';
import { unreachableState } from '../test/support/state.ts';
import { until } from '../test/support/until.ts';

/** A zombie that nobody has waited for yet is dead all the same. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/stat')) return true;
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('functions, versions, aliases and URLs survive a reopen', async () => {
  const first = await new Fixture().open();
  await first.make('kept', 'exports.handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION;');
  await first.call('POST', `${FUNCTIONS}/kept/versions`, {});
  await first.call('POST', `${FUNCTIONS}/kept/aliases`, { Name: 'live', FunctionVersion: '1' });
  const url = await first.call('POST', '/2021-10-31/functions/kept/url?Qualifier=live', { AuthType: 'NONE' });
  const before = await first.call('GET', `${FUNCTIONS}/kept`);
  await first.runtime.close();

  const second = await new Fixture(first.directory).open();
  assert.deepEqual((await second.call('GET', `${FUNCTIONS}/kept`)).value, before.value);
  assert.equal((await second.invoke('kept:live')).value, '1');
  const id = new URL(url.value.FunctionUrl).host.split('.')[0] as string;
  assert.equal(second.runtime.urls.authType(id), 'NONE');
  await second.call('DELETE', `${FUNCTIONS}/kept`);
  assert.equal(second.runtime.urls.authType(id), undefined);
  await second.runtime.close();

  const third = await new Fixture(first.directory).open();
  assert.equal((await third.call('GET', `${FUNCTIONS}/kept`)).status, 404);
  assert.deepEqual(await readdir(join(first.directory, 'code')), ['package.json'], 'its code is gone too');
  await third.runtime.close();
});

test('a package whose unpacked files were lost is unpacked again', async () => {
  const first = await new Fixture().open();
  await first.make('again', 'exports.handler = async () => 1;');
  await first.runtime.close();
  const code = join(first.directory, 'code');
  const unpacked = (await readdir(code)).find((name) => !name.endsWith('.zip')) as string;
  await rm(join(code, unpacked), { recursive: true });
  const second = await new Fixture(first.directory).open();
  assert.equal((await second.invoke('again')).value, 1);
  await second.runtime.close();
});

test('the record of an earlier release is filled with what is new since', async () => {
  const first = await new Fixture().open();
  await first.make('older', 'exports.handler = async () => 1;');
  await first.call('POST', `${FUNCTIONS}/older/versions`, {});
  await first.runtime.close();
  const file = join(first.directory, 'functions', 'older.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  for (const version of [record.latest, ...record.versions]) delete version.snapStart;
  const statement = { Sid: 'a', Effect: 'Allow', Principal: '*', Action: 'lambda:*', Resource: 'arn' };
  record.permissions = [
    { sid: 'a', statement },
    { sid: 'a', alias: 'live', statement },
  ];
  delete record.policies;
  delete record.tags;
  await writeFile(file, JSON.stringify(record));
  const second = await new Fixture(first.directory).open();
  for (const reference of ['older', 'older:1']) {
    const { value } = await second.call('GET', `${FUNCTIONS}/${reference}/configuration`);
    assert.deepEqual(value.SnapStart, { ApplyOn: 'None', OptimizationStatus: 'Off' });
  }
  const policy = await second.call('GET', `${FUNCTIONS}/older/policy`);
  assert.deepEqual(JSON.parse(policy.value.Policy).Statement, [statement]);
  assert.equal('Tags' in (await second.call('GET', `${FUNCTIONS}/older`)).value, false);
  const same = await second.call('POST', `${FUNCTIONS}/older/versions`, {});
  assert.equal(same.value.Version, '1', 'what was filled in changes no version');
  await second.runtime.close();
});

test('a record that cannot be read stops the start and is not lost', async () => {
  const first = await new Fixture().open();
  await first.make('broken', 'exports.handler = async () => 1;');
  await first.runtime.close();
  const file = join(first.directory, 'functions', 'broken.json');
  await writeFile(file, '{"format":1,');
  await assert.rejects(new Fixture(first.directory).open(), /broken\.json cannot be read/);
  assert.ok(existsSync(file));
});

test('a killed environment fails its invocation, and the next one gets a new one', async () => {
  const fixture = await new Fixture().open({ isolation: 'off' });
  await fixture.make(
    'victim',
    'exports.handler = async ({ wait }) => { if (wait) { process.stdout.write("pid " + process.pid + "\\n"); await new Promise((r) => setTimeout(r, 8000)); } return process.pid; };',
  );
  const failing = fixture.invoke('victim', { wait: true });
  const pid = () => Number(fixture.lines.find(({ line }) => line.startsWith('pid '))?.line.slice(4));
  await until('the handler runs', () => pid() > 0);
  process.kill(pid(), 'SIGKILL');
  const { headers, value } = await failing;
  assert.equal(headers['x-amz-function-error'], 'Unhandled');
  assert.equal(value.errorType, 'Runtime.ExitError');
  assert.match(value.errorMessage, /signal: killed$/);
  const next = (await fixture.invoke('victim')).value;
  assert.notEqual(next, pid());
  process.kill(next, 'SIGKILL');
  // Its directory goes once the runtime has noticed the end.
  const directories = () => readdirSync(join(fixture.directory, 'tmp'));
  await until('the idle environment is gone', () => directories().length === 0);
  const last = (await fixture.invoke('victim')).value;
  assert.equal(typeof last, 'number', JSON.stringify(last));
  assert.notEqual(last, next);
  await fixture.runtime.close();
});

test('close leaves no process behind, not even those that functions started', async () => {
  const fixture = await new Fixture().open({ isolation: 'off' });
  await fixture.make(
    'parent',
    'exports.handler = async () => [process.pid, require("node:child_process").spawn("sleep", ["60"], { stdio: "ignore" }).pid];',
    { Environment: { Variables: { PATH: '/usr/bin:/bin' } } },
  );
  const pids: number[] = (await fixture.invoke('parent')).value;
  assert.ok(pids.every(lives));
  await fixture.runtime.close();
  await until('both are gone', () => !pids.some(lives));
  assert.deepEqual(await readdir(join(fixture.directory, 'tmp')), [], 'temporary directories are gone');
});

test('a killed control room leaves no process behind, even one that is stuck in a loop', async (context) => {
  const directory = newDirectory();
  const fixture = await new Fixture(directory).open();
  await fixture.make(
    'stuck',
    'exports.handler = async ({ spin }) => { process.stdout.write("pid " + process.pid + "\\n"); while (spin); return 1; };',
  );
  await fixture.runtime.close();
  const program = `
    import { EmbeddedRuntime } from ${JSON.stringify(new URL('./runtime.ts', import.meta.url).href)};
    import { BusyPoll } from ${JSON.stringify(new URL('./invocations/busy-poll.ts', import.meta.url).href)};
    const runtime = await EmbeddedRuntime.open({ busyPoll: new BusyPoll(), directory: ${JSON.stringify(directory)}, region: 'eu-west-1',
      accountId: '000000000000', functionUrl: () => '', onInvocation() {}, onLog: ({ line }) => console.log(line),
      clock: { now: () => Date.now(), monotonic: () => performance.now() }, log: console, isolation: 'off' });
    const invoke = (body) => runtime.api({ method: 'POST', path: '/2015-03-31/functions/stuck/invocations',
      query: new URLSearchParams(), headers: {}, body: Buffer.from(body) });
    await Promise.all([invoke('{"spin":true}'), invoke('{}')]);`;
  const room = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => room.kill('SIGKILL'));
  let output = '';
  room.stdout.on('data', (text) => {
    output += text;
  });
  const pids = () => [...output.matchAll(/^pid (\d+)$/gm)].map((match) => Number(match[1]));
  await until('both functions run', () => pids().length === 2);
  assert.ok(pids().every(lives));
  room.kill('SIGKILL');
  await until('no function runs', () => !pids().some(lives));
});

test('above the concurrency limit invocations wait for their turn, and are refused after two seconds', async () => {
  const fixture = await new Fixture().open({ concurrencyPerVersion: 2 });
  await fixture.make(
    'slow',
    'exports.handler = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return process.pid; };',
  );
  const quick = await Promise.all([1, 2, 3, 4, 5].map(() => fixture.invoke('slow', { ms: 20 })));
  assert.deepEqual(
    quick.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  );
  assert.ok(new Set(quick.map(({ value }) => value)).size <= 2);
  const [, , refused] = await Promise.all([
    fixture.invoke('slow', { ms: 2_800 }),
    fixture.invoke('slow', { ms: 2_800 }),
    fixture.invoke('slow', { ms: 1 }),
  ]);
  assert.equal(refused?.status, 429);
  assert.equal(refused?.headers['x-amzn-errortype'], 'TooManyRequestsException');
  await fixture.runtime.close();
});

test("functions do not see the control room's environment", async () => {
  process.env.UPSTACK_TEST_SECRET = 'for the control room only';
  const fixture = await new Fixture().open();
  await fixture.make('nosy', 'exports.handler = async () => process.env;');
  const seen = (await fixture.invoke('nosy')).value;
  assert.equal(seen.UPSTACK_TEST_SECRET, undefined);
  assert.deepEqual(
    Object.keys(seen).filter(
      (name) => !/^(_|AWS_|LAMBDA_|LANG$|LD_LIBRARY_PATH$|PATH$|PWD$|TZ$|TMPDIR$)/.test(name),
    ),
    [],
  );
  delete process.env.UPSTACK_TEST_SECRET;
  await fixture.runtime.close();
});

test('each line reaches the log with its request, long lines whole up to 64 KB', async () => {
  const fixture = await new Fixture().open();
  await fixture.make(
    'writer',
    'exports.handler = async ({ length, n }) => { process.stdout.write("x".repeat(length) + "\\n"); process.stderr.write("n" + n + "\\n"); };',
  );
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) {
    ids.push((await fixture.invoke('writer', { length: 10, n })).headers['x-amzn-requestid'] as string);
  }
  await fixture.invoke('writer', { length: 65_536, n: 20 });
  await fixture.invoke('writer', { length: 65_537, n: 21 });
  await fixture.runtime.close();
  for (const [n, id] of ids.entries()) {
    const own = fixture.lines.filter(({ requestId }) => requestId === id).map(({ line }) => line);
    assert.deepEqual(own.sort(), [`n${n}`, 'xxxxxxxxxx'], `lines of invocation ${n}`);
  }
  const long = fixture.lines.map(({ line }) => line).filter((line) => line.length > 1_000);
  assert.equal(long[0], 'x'.repeat(65_536));
  assert.match(long[1] as string, /^x{65536} \[cut by Upstack/);
  const [line] = fixture.lines;
  assert.equal(line?.functionName, 'writer');
  assert.equal(line?.version, '$LATEST');
  assert.match(line?.instance ?? '', /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
});

test('each invocation is reported once, with its figures', async () => {
  const fixture = await new Fixture().open();
  await fixture.make(
    'figures',
    'exports.handler = async (how) => { if (how === "throw") throw new RangeError("no"); if (how === "spin") for (;;); };',
    { Timeout: 1 },
  );
  for (const how of ['fine', 'fine', 'throw', 'spin']) await fixture.invoke('figures', how);
  await fixture.runtime.close();
  assert.deepEqual(
    fixture.reports.map((r) => [r.status, r.errorType, r.coldStart, r.initMs !== undefined]),
    [
      ['success', '', true, true],
      ['success', '', false, false],
      ['error', 'RangeError', false, false],
      ['timeout', 'Sandbox.Timedout', false, false],
    ],
  );
  const [first, second, , last] = fixture.reports;
  assert.ok(first && second && last);
  assert.ok(first.billedMs >= Math.ceil(first.durationMs + (first.initMs ?? 0)));
  assert.equal(second.billedMs, Math.ceil(second.durationMs));
  if (process.platform === 'linux') assert.ok(first.maxMemoryMb > 10 && first.maxMemoryMb < 500);
  assert.ok(last.durationMs >= 999 && last.durationMs < 2_500, `killed after ${last.durationMs} ms`);
  assert.ok(Math.abs(first.startMs - Date.now()) < 60_000);
});

test('new code gets new environments while old ones finish', async () => {
  const fixture = await new Fixture().open({ isolation: 'off' });
  const code = (word: string) =>
    `exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); return ["${word}", process.pid]; };`;
  await fixture.make('changing', code('old'));
  const [, idle] = (await fixture.invoke('changing', 0)).value;
  const busy = fixture.invoke('changing', 300);
  await fixture.call('PUT', `${FUNCTIONS}/changing/code`, { ZipFile: zipOf(code('new')) });
  assert.equal((await fixture.invoke('changing', 0)).value[0], 'new');
  assert.deepEqual((await busy).value, ['old', idle]);
  await until('the old environment is gone', () => !lives(idle));
  await fixture.runtime.close();
});

for (const isolation of ['auto', 'off'] as const) {
  test(`a package that was deleted from the disk costs its function and nobody else: isolation ${isolation}`, async () => {
    const fixture = await new Fixture().open({ isolation });
    await fixture.make('lost', 'exports.handler = async () => new Promise((r) => setTimeout(r, 100));');
    await fixture.invoke('lost');
    const packages = join(fixture.directory, 'code');
    for (const name of await readdir(packages)) await rm(join(packages, name), { recursive: true });
    const answers = await Promise.all(Array.from({ length: 4 }, () => fixture.invoke('lost')));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const failed = answers.filter(({ headers }) => headers['x-amz-function-error'] === 'Unhandled');
    assert.ok(failed.length > 0, 'no new environment was started');
    await fixture.make('other', 'exports.handler = async () => "here";');
    assert.equal((await fixture.invoke('other')).value, 'here');
    await fixture.runtime.close();
  });
}

test('what the twin does not have yet is refused clearly', async () => {
  const fixture = await new Fixture().open();
  await fixture.make('plain', 'exports.handler = async () => 1;');
  const event = await fixture.invoke('plain', {}, { 'x-amz-invocation-type': 'Event' });
  assert.equal(event.status, 400);
  assert.match(event.value.Message, /Asynchronous invocation without a state engine is not supported yet/);
  const tenant = await fixture.invoke('plain', {}, { 'x-amz-tenant-id': 'a' });
  assert.match(tenant.value.Message, /x-amz-tenant-id is not supported yet/);
  const Layers = ['arn:aws:lambda:eu-west-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:1'];
  const layers = await fixture.call('PUT', `${FUNCTIONS}/plain/configuration`, { Layers });
  assert.match(layers.value.Message, /belongs to another account.* Publish it there/);
  const config = '/2019-09-25/functions/plain/event-invoke-config';
  const retries = await fixture.call('PUT', config, { MaximumRetryAttempts: 0 });
  assert.match(
    retries.value.Message,
    /configuration of asynchronous invocation without a state engine is not supported yet/,
  );
  assert.equal((await fixture.call('GET', config)).status, 404);
  const mappings = await fixture.call('GET', '/2015-03-31/event-source-mappings/');
  assert.match(mappings.value.Message, /without a state engine is not supported yet/);
  const unknown = await fixture.call('GET', '/2020-04-22/code-signing-configs/');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers['x-amzn-errortype'], 'UnknownOperationException');
  await fixture.runtime.close();
});

test('an event that cannot be kept is refused, and everything else goes on', async () => {
  const state = unreachableState();
  const fixture = await new Fixture().open({ state });
  await fixture.make('plain', 'exports.handler = async () => 1;');
  const event = await fixture.invoke('plain', {}, { 'x-amz-invocation-type': 'Event' });
  assert.deepEqual([event.status, event.headers['x-amzn-errortype']], [500, 'ServiceException']);
  assert.match(event.value.Message, /is not responding.*try again/);
  assert.equal((await fixture.invoke('plain')).value, 1);
  await fixture.runtime.close();
  await state.close();
});

test('a body that is no JSON object is refused as AWS does', async () => {
  const fixture = await new Fixture().open();
  const request = { method: 'POST', path: FUNCTIONS, query: new URLSearchParams(), headers: {} };
  for (const body of ['{"half":', '[]', 'null', '"text"']) {
    const answer = await fixture.runtime.api({ ...request, body: Buffer.from(body) });
    assert.deepEqual(
      [answer.status, answer.headers['x-amzn-errortype']],
      [400, 'SerializationException'],
      body,
    );
  }
  await fixture.runtime.close();
});

test('a client context and a function named by ARN reach the function', async () => {
  const fixture = await new Fixture().open();
  await fixture.make('named', 'exports.handler = async (e, c) => [c.clientContext, c.invokedFunctionArn];');
  const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:named';
  const answer = await fixture.invoke(
    encodeURIComponent(arn),
    {},
    {
      'x-amz-client-context': Buffer.from('{"custom":{"who":"Zoë\\n"}}').toString('base64'),
    },
  );
  assert.deepEqual(answer.value, [{ custom: { who: 'Zoë\n' } }, arn]);
  const sent = (context: string) =>
    fixture.invoke('named', {}, { 'x-amz-client-context': Buffer.from(context).toString('base64') });
  const longest = 2_685 - '{"a":""}'.length;
  assert.equal((await sent(JSON.stringify({ a: 'x'.repeat(longest) }))).status, 200);
  for (const bad of ['no', 'null', '[]', '"text"', '1', JSON.stringify({ a: 'x'.repeat(longest + 1) })]) {
    const { status, value } = await sent(bad);
    assert.equal(status, 400, bad);
    assert.match(value.Message, /JSON object of at most 3583 bytes/);
  }
  await fixture.runtime.close();
});

test('lines belong to the invocation that wrote them, also when three in a row write megabytes', async () => {
  const fixture = await new Fixture().open();
  await fixture.make(
    'flood',
    `exports.handler = async ({ mark }) => {
       for (let i = 0; i < 3000; i++) process.stdout.write(mark + ' ' + i + ' ' + 'x'.repeat(1000) + '\\n');
       return mark;
     };`,
  );
  for (const mark of ['A', 'B', 'C']) await fixture.invoke('flood', { mark });
  await fixture.runtime.close();
  assert.equal(fixture.lines.length, 9_000);
  const marks = new Map<string, Set<string>>();
  for (const { requestId, line } of fixture.lines) {
    const mark = line.split(' ')[0] as string;
    marks.set(requestId, (marks.get(requestId) ?? new Set()).add(mark));
  }
  assert.deepEqual([...marks.values()], [new Set(['A']), new Set(['B']), new Set(['C'])]);
});

test('an event of six megabytes arrives whole', async () => {
  const fixture = await new Fixture().open();
  await fixture.make('large', 'exports.handler = async ({ text }) => [text.length, text.slice(-3)];');
  const text = `${'é'.repeat(3_000_000)}end`;
  assert.deepEqual((await fixture.invoke('large', { text })).value, [3_000_003, 'end']);
  assert.deepEqual((await fixture.invoke('large', { text: 'abc' })).value, [3, 'abc']);
  await fixture.runtime.close();
});

test('a function that takes more memory than it has is killed, and the next invocation works', async () => {
  const fixture = await new Fixture().open();
  await fixture.make(
    'greedy',
    `const kept = [];
     exports.handler = async ({ mb }) => {
       for (let i = 0; i < mb; i++) { kept.push(Buffer.alloc(1 << 20, 1)); await new Promise((r) => setTimeout(r, 2)); }
       return mb;
     };`,
    { MemorySize: 160 },
  );
  assert.equal((await fixture.invoke('greedy', { mb: 10 })).value, 10);
  const { value, headers } = await fixture.invoke('greedy', { mb: 1_000 });
  assert.equal(headers['x-amz-function-error'], 'Unhandled');
  assert.equal(value.errorType, 'Runtime.OutOfMemory');
  assert.match(
    value.errorMessage,
    /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed$/,
  );
  assert.equal((await fixture.invoke('greedy', { mb: 5 })).value, 5);
  await fixture.runtime.close();
  const [, killed] = fixture.reports;
  assert.equal(killed?.errorType, 'Runtime.OutOfMemory');
  assert.ok((killed?.maxMemoryMb ?? 0) > 160, `${killed?.maxMemoryMb} MB`);
});

test('what a function leaves running does not go on between two invocations', async () => {
  const it = await new Fixture().open();
  await it.make(
    'ticks',
    'let ticks = 0; setInterval(() => ticks++, 10); exports.handler = async () => { const seen = ticks; ticks = 0; return seen; };',
  );
  await it.invoke('ticks');
  await sleep(1_500);
  const { value } = await it.invoke('ticks');
  // It is stopped a tenth of a second after its answer; without that there would be about 150.
  assert.ok(value < 75, `${value} ticks`);
});

test('provisioned concurrency is there again after a restart, and its first invocation is no cold start', async () => {
  const path = '/2019-09-30/functions/warm/provisioned-concurrency?Qualifier=live';
  const ready = async (it: Fixture) => {
    for (const end = performance.now() + 15_000; performance.now() < end; await sleep(20)) {
      if ((await it.call('GET', path)).value.Status === 'READY') return;
    }
    throw new Error('it did not become ready');
  };
  const first = await new Fixture().open();
  await first.make('warm', 'exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;');
  await first.call('POST', `${FUNCTIONS}/warm/versions`, {});
  await first.call('POST', `${FUNCTIONS}/warm/aliases`, { Name: 'live', FunctionVersion: '1' });
  await first.call('PUT', path, { ProvisionedConcurrentExecutions: 2 });
  await ready(first);
  await first.runtime.close();

  const second = await new Fixture(first.directory).open();
  await ready(second);
  const { value } = await second.invoke('warm:live');
  assert.equal(value, 'provisioned-concurrency');
  await second.runtime.close();
  const [report] = second.reports;
  assert.deepEqual([report?.coldStart, report?.initType], [false, 'provisioned-concurrency']);
});

test('lines and reports carry the tags of the function and the variables of the version, also after it is deleted', async () => {
  const fixture = await new Fixture().open();
  const code = `exports.handler = async ({ ms }) => {
    console.log('begun');
    await new Promise((resolve) => setTimeout(resolve, ms));
    console.log('ended');
  }`;
  const variables = { STAGE: 'blue' };
  await fixture.make('tagged', code, { Tags: { team: 'a' }, Environment: { Variables: variables } });
  await fixture.invoke('tagged', { ms: 0 });
  const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:tagged';
  const tagged = await fixture.call('POST', `/2017-03-31/tags/${encodeURIComponent(arn)}`, {
    Tags: { team: 'b' },
  });
  assert.equal(tagged.status, 204);
  const begun = () => fixture.lines.filter(({ line }) => line.includes('begun')).length;
  const running = fixture.invoke('tagged', { ms: 400 });
  await until('the second invocation', () => begun() === 2);
  await fixture.call('DELETE', `${FUNCTIONS}/tagged`);
  await running;
  await fixture.runtime.close();
  const teams = fixture.lines.map(({ line, tags }) => `${/begun|ended/.exec(line)?.[0]} ${tags.team}`);
  assert.deepEqual(teams, ['begun a', 'ended a', 'begun b', 'ended b']);
  assert.deepEqual(
    fixture.reports.map(({ tags, variables }) => [tags, variables]),
    [
      [{ team: 'a' }, variables],
      [{ team: 'b' }, variables],
    ],
  );
  assert.deepEqual(fixture.lines[0]?.variables, variables);
});
