/** What follows from the end of an event. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { arnOf, EventInvocationsTwin, MINUTE, queueArn, SECOND, TELLING } from '../../support/events-twin.ts';
import { sqsClient } from '../../support/queues-made.ts';
import { until } from '../../support/until.ts';

/** Says each invocation record that it gets. */
const LISTENING = `exports.handler = async (record) => console.log('got ' + JSON.stringify({ event: record }));`;

interface Recorded {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: string;
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responsePayload?: unknown;
}
const recordsOf = (name: string) => events.got(name).map(({ event }) => event as Recorded);

let events: EventInvocationsTwin;

before(async () => {
  events = await EventInvocationsTwin.open();
});
after(() => events?.close());

test('the record of a success becomes an event of the destination', async () => {
  const listener = await events.made.make(LISTENING);
  const name = await events.made.make(TELLING);
  await events.configure(name, { onSuccess: listener });
  const requestId = await events.send(name, { order: 'ü' });
  await events.gotTimes(listener, 1);
  const [record] = recordsOf(listener);
  assert.deepEqual(record?.requestContext, {
    requestId,
    functionArn: `${arnOf(name)}:$LATEST`,
    condition: 'Success',
    approximateInvokeCount: 1,
  });
  assert.deepEqual(record?.requestPayload, { order: 'ü' });
  assert.deepEqual(record?.responsePayload, { done: { order: 'ü' } });
  assert.notEqual(events.got(listener)[0]?.requestId, requestId);
  await events.send(name, { fail: true });
  await events.gotTimes(name, 2);
  await events.staysAt(listener, 1);
});

test('a version and an alias have destinations of their own', async () => {
  const [ofAlias, ofFunction] = [await events.made.make(LISTENING), await events.made.make(LISTENING)];
  const name = await events.made.make(TELLING, { Publish: true });
  await events.twin.client.send(
    new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }),
  );
  await events.configure(`${name}:live`, { onSuccess: ofAlias });
  await events.configure(name, { onSuccess: ofFunction });
  for (const qualifier of ['live', '1', '$LATEST']) await events.send(`${name}:${qualifier}`, { qualifier });
  await Promise.all([events.gotTimes(name, 3), events.gotTimes(ofAlias, 1), events.gotTimes(ofFunction, 1)]);
  assert.deepEqual(
    [recordsOf(ofAlias)[0]?.requestPayload, recordsOf(ofFunction)[0]?.requestPayload],
    [{ qualifier: 'live' }, { qualifier: '$LATEST' }],
  );
  await events.staysAt(ofAlias, 1);
});

test('an event that failed for good goes to its destination and to the dead-letter queue', async () => {
  const [letters, records] = [await events.queue(), await events.queue()];
  const name = await events.made.make(TELLING, { DeadLetterConfig: { TargetArn: queueArn(letters) } });
  const shown = await events.twin.client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  assert.deepEqual(shown.DeadLetterConfig, { TargetArn: queueArn(letters) });
  await events.configure(name, { retries: 1, onFailure: queueArn(records) });
  const requestId = await events.send(name, { fail: true });
  await events.gotTimes(name, 1);
  await events.staysAt(name, 1);
  assert.equal((await events.messages(letters)).length + (await events.messages(records)).length, 0);
  events.advance(MINUTE + SECOND);
  await until(
    'both messages',
    async () => (await events.messages(letters)).length + (await events.messages(records)).length === 2,
  );
  const [letter] = await events.messages(letters);
  assert.equal(letter?.body, '{"fail":true}');
  const attributes = Object.entries(letter?.attributes ?? {}).map(([key, { StringValue }]) => [
    key,
    StringValue,
  ]);
  assert.deepEqual(Object.fromEntries(attributes), {
    RequestID: requestId,
    ErrorCode: '200',
    ErrorMessage: 'as told',
  });
  const [record] = (await events.messages(records)).map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    [record.requestContext.condition, record.requestContext.approximateInvokeCount],
    ['RetriesExhausted', 2],
  );
  assert.deepEqual(record.responseContext, {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: 'Unhandled',
  });
  assert.equal(record.responsePayload.errorMessage, 'as told');
});

test('a version keeps the dead-letter queue that it was published with', async () => {
  const letters = await events.queue();
  const DeadLetterConfig = { TargetArn: queueArn(letters) };
  const name = await events.made.make(TELLING, { Publish: true, DeadLetterConfig });
  const without = { FunctionName: name, DeadLetterConfig: { TargetArn: '' } };
  await events.twin.client.send(new UpdateFunctionConfigurationCommand(without));
  for (const qualifier of ['1', '$LATEST']) await events.configure(`${name}:${qualifier}`, { retries: 0 });
  for (const n of [1, 2]) await events.send(name, { fail: true, n });
  await events.gotTimes(name, 2);
  await events.send(`${name}:1`, { fail: true, n: 3 });
  await until('the letter', async () => (await events.messages(letters)).length > 0);
  assert.deepEqual(
    (await events.messages(letters)).map(({ body }) => body),
    ['{"fail":true,"n":3}'],
  );
});

test('who waits for a queue gets a dead letter as it comes', async () => {
  const letters = await events.queue();
  const name = await events.made.make(TELLING, { DeadLetterConfig: { TargetArn: queueArn(letters) } });
  await events.configure(name, { retries: 0 });
  const client = sqsClient(events.twin.endpoint);
  const QueueUrl = `${events.twin.endpoint}/000000000000/${letters}`;
  const since = performance.now();
  const waiting = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await events.send(name, { fail: true });
  const { Messages = [] } = await waiting;
  client.destroy();
  assert.equal(Messages[0]?.Body, '{"fail":true}');
  assert.ok(performance.now() - since < 15_000, 'not only when it asked again');
});

test('what is too old, stopped or throttled to its end says so', async () => {
  const records = await events.queue();
  const conditions = async () =>
    (await events.messages(records)).map(({ body }) => JSON.parse(body).requestContext.condition);
  const says = (condition: string) => until(condition, async () => (await conditions()).includes(condition));

  const name = await events.made.make(TELLING, { Timeout: 60 });
  await events.configure(name, { age: 60, onFailure: queueArn(records) });
  await events.send(name, { fail: true });
  await says('EventAgeExceeded');
  await events.twin.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 1 }),
  );
  const busy = events.twin.client.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{"ms":2000}') }),
  );
  await events.gotTimes(name, 2);
  const requestId = await events.send(name);
  await events.staysAt(name, 2);
  events.advance(MINUTE);
  await until('the throttled one', async () => (await events.messages(records)).length === 2);
  const throttled = JSON.parse((await events.messages(records))[1]?.body ?? '');
  assert.deepEqual(throttled.requestContext, {
    requestId,
    functionArn: `${arnOf(name)}:$LATEST`,
    condition: 'EventAgeExceeded',
    approximateInvokeCount: 0,
  });
  assert.deepEqual(throttled.responseContext, { statusCode: 429 });
  await busy;
  await events.twin.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }),
  );
  await events.send(name);
  await says('ZeroReservedConcurrency');
  assert.equal((await events.messages(records)).length, 3);
});

test('a loop of destinations is stopped when a function comes up for the 17th time', async () => {
  const records = await events.queue();
  // What returned its event would double each record.
  const [ping, pong] = [await events.made.make(LISTENING), await events.made.make(LISTENING)];
  await events.configure(ping, { onSuccess: pong, onFailure: queueArn(records) });
  await events.configure(pong, { onSuccess: ping });
  await events.send(ping);
  await until('the stop', async () => (await events.messages(records)).length === 1);
  assert.deepEqual([events.got(ping).length, events.got(pong).length], [16, 16]);
  const [stopped] = (await events.messages(records)).map(({ body }) => JSON.parse(body));
  assert.equal(stopped.requestContext.condition, 'RecursiveInvocation');
});

test('a loop of failures that run nothing ends too', async () => {
  const [one, two] = [await events.made.make(TELLING), await events.made.make(TELLING)];
  for (const name of [one, two]) {
    const stopped = { FunctionName: name, ReservedConcurrentExecutions: 0 };
    await events.twin.client.send(new PutFunctionConcurrencyCommand(stopped));
  }
  await events.configure(one, { onFailure: two });
  await events.configure(two, { onFailure: one });
  await events.send(one);
  await until('the end', async () => (await events.left([one, two])) === 0);
  assert.deepEqual([events.got(one), events.got(two)], [[], []]);
});
