/** When events are tried, and how often. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { EventInvocationsTwin, HOUR, MINUTE, SECOND, TELLING } from '../../support/events-twin.ts';
import { until } from '../../support/until.ts';

let events: EventInvocationsTwin;

before(async () => {
  events = await EventInvocationsTwin.open();
});
after(() => events?.close());

test('an event runs as it was sent, and is reported', async () => {
  const name = await events.made.make(TELLING);
  const { Version = '' } = await events.twin.client.send(new PublishVersionCommand({ FunctionName: name }));
  const input = { FunctionName: name, Name: 'live', FunctionVersion: Version };
  await events.twin.client.send(new CreateAliasCommand(input));
  const ClientContext = Buffer.from('{"custom":{"shop":"ü"}}').toString('base64');
  const requestId = await events.send(name, { order: 'ü' }, { Qualifier: 'live', ClientContext });
  await events.gotTimes(name, 1);
  const [first] = events.got(name);
  assert.deepEqual(
    [first?.requestId, first?.event, first?.version, first?.client],
    [requestId, { order: 'ü' }, Version, { custom: { shop: 'ü' } }],
  );
  assert.match(first?.arn ?? '', /:live$/);
  assert.match(first?.trace ?? '', /^Root=1-/);
  await until('the report', () => events.twin.reports.some((report) => report.requestId === requestId));
  const report = events.twin.reports.find((one) => one.requestId === requestId);
  assert.deepEqual([report?.functionName, report?.version, report?.status], [name, Version, 'success']);
});

test('an alias is resolved by its weights for each event', async () => {
  const name = await events.made.make(TELLING, { Publish: true });
  await events.twin.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 9 }));
  await events.twin.client.send(new PublishVersionCommand({ FunctionName: name }));
  await events.twin.client.send(
    new CreateAliasCommand({
      FunctionName: name,
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
    }),
  );
  await Promise.all(Array.from({ length: 40 }, (_, n) => events.send(`${name}:live`, { n })));
  await events.gotTimes(name, 40);
  const ofTwo = events.got(name).filter(({ version }) => version === '2').length;
  assert.ok(ofTwo > 5 && ofTwo < 35, `${ofTwo} of 40`);
});

test('a failing event is tried after one minute and two more, with one request id, and then no more', async () => {
  const name = await events.made.make(TELLING);
  const requestId = await events.send(name, { fail: true });
  await events.ranTimes(name, 1);
  await events.staysAt(name, 1);
  events.advance(MINUTE - 20 * SECOND);
  await events.staysAt(name, 1);
  events.advance(20 * SECOND);
  await events.ranTimes(name, 2);
  events.advance(2 * MINUTE - 20 * SECOND);
  await events.staysAt(name, 2);
  events.advance(20 * SECOND);
  await events.ranTimes(name, 3);
  events.advance(5 * HOUR);
  await events.staysAt(name, 3);
  assert.deepEqual(new Set(events.got(name).map((one) => one.requestId)), new Set([requestId]));
});

test('a timeout and a function that does not start are errors as others are', async () => {
  const slow = await events.made.make(TELLING, { Timeout: 1 });
  const broken = await events.made.make('console.log("got {}"); throw new Error("not today");');
  await events.send(slow, { ms: 5_000 });
  await events.send(broken);
  await Promise.all([events.ranTimes(slow, 1), events.ranTimes(broken, 1)]);
  events.advance(MINUTE + SECOND);
  await Promise.all([events.gotTimes(slow, 2), events.gotTimes(broken, 2)]);
});

test('a throttled event waits and is no attempt', async () => {
  const name = await events.made.make(TELLING, { Timeout: 60 });
  await events.twin.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 1 }),
  );
  const busy = events.twin.client.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{"ms":3000}') }),
  );
  await events.gotTimes(name, 1);
  const requestId = await events.send(name, { fail: true });
  for (let refusal = 0; refusal < 4; refusal++) {
    await events.staysAt(name, 1);
    events.advance(5 * MINUTE);
  }
  await busy;
  // All three attempts are left.
  for (const times of [2, 3, 4]) {
    await until(`attempt ${times - 1}`, async () => {
      // Not so fast that the event's six hours are over while the function runs.
      events.advance(10 * SECOND);
      return events.got(name).length >= times;
    });
  }
  events.advance(HOUR);
  await events.staysAt(name, 4);
  assert.deepEqual(
    new Set(
      events
        .got(name)
        .slice(1)
        .map((one) => one.requestId),
    ),
    new Set([requestId]),
  );
});

test('an event that is older than six hours is not tried any more', async () => {
  const name = await events.made.make(TELLING);
  await events.send(name, { fail: true });
  await events.gotTimes(name, 1);
  events.advance(6 * HOUR);
  await events.staysAt(name, 1);
});

test('nothing runs of a function whose reserved concurrency is 0, then or later', async () => {
  const name = await events.made.make(TELLING);
  const stopped = { FunctionName: name, ReservedConcurrentExecutions: 0 };
  await events.twin.client.send(new PutFunctionConcurrencyCommand(stopped));
  await events.send(name);
  await events.staysAt(name, 0);
  await events.twin.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
  events.advance(HOUR);
  await events.staysAt(name, 0);
});

test('the events of a deleted function are dropped', async () => {
  const name = await events.made.make(TELLING);
  await events.send(name, { fail: true });
  await events.gotTimes(name, 1);
  await events.twin.client.send(new DeleteFunctionCommand({ FunctionName: name }));
  events.advance(MINUTE);
  await events.staysAt(name, 1);
});

test('what runs when the twin is closed is run again by the next one, and is no attempt', async () => {
  const name = await events.made.make(TELLING, { Timeout: 60 });
  const requestId = await events.send(name, { ms: 2_000, fail: true });
  await events.gotTimes(name, 1);
  await events.twin.close();
  await events.reopen();
  await events.gotTimes(name, 1);
  for (const times of [2, 3]) {
    await until(`attempt ${times}`, async () => {
      // Not so fast that the event's six hours are over while the function runs.
      events.advance(10 * SECOND);
      return events.got(name).length >= times;
    });
  }
  assert.deepEqual(new Set(events.got(name).map((one) => one.requestId)), new Set([requestId]));
});

test('while the state engine is away, events are refused, and one that ended is settled when it is back', async () => {
  const [name, other] = [await events.made.make(TELLING, { Timeout: 60 }), await events.made.make(TELLING)];
  const requestId = await events.send(name, { ms: 500 });
  await events.gotTimes(name, 1);
  await events.state.kill();
  const refused = (error: Error) => {
    assert.equal(error.name, 'ServiceException');
    assert.match(error.message, /PostgreSQL is not responding/);
    return true;
  };
  await until('a refusal', () => events.send(other).then(() => false, refused));
  await until('the report', () => events.twin.reports.some((report) => report.requestId === requestId));
  await until('the end', async () => (await events.left([name]).catch(() => 1)) === 0);
  await events.staysAt(name, 1);
  await events.send(name);
  await events.gotTimes(name, 2);
});
