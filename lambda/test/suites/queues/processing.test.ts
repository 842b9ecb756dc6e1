/** Functions that process the messages of queues: the twin as a whole, with real processes and a real PostgreSQL. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as lambda from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { StateEngine } from '../../../src/ports.ts';
import { FunctionsMade, zipOf } from '../../support/functions-made.ts';
import {
  openQueuesTwin,
  QueuesMade,
  type QueuesTwin,
  receiveAll,
  sendAll,
  sqsClient,
} from '../../support/queues-made.ts';
import { openTwin, REGION, ROLE } from '../../support/twin.ts';
import { until } from '../../support/until.ts';

let twin: QueuesTwin;
let functions: FunctionsMade;
let queues: QueuesMade;
before(async () => {
  twin = await openQueuesTwin();
  functions = new FunctionsMade(twin);
  queues = new QueuesMade(twin.sqs);
});
after(() => twin.close());

/** A function that says what it got, and does with it what the body says. */
const CODE = `exports.handler = async (event) => {
  process.stdout.write('GOT ' + JSON.stringify(event) + '\\n');
  const bodies = event.Records.map(({ body }) => body);
  if (bodies.includes('sleep')) await new Promise((resolve) => setTimeout(resolve, 300));
  if (bodies.includes('throw')) throw new Error('no');
  if (bodies.includes('nonsense')) return { batchItemFailures: [{ itemIdentifier: '' }] };
  const failed = event.Records.filter(({ body }) => body.startsWith('fail'));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

interface GotRecord {
  messageId: string;
  body: string;
  attributes: Record<string, string>;
}

/** The records of each invocation of the function. */
function got(functionName: string): GotRecord[][] {
  return twin.lines
    .filter((line) => line.functionName === functionName && line.line.startsWith('GOT '))
    .map(({ line }) => JSON.parse(line.slice(4)).Records);
}

const bodiesGot = (name: string) => got(name).flatMap((records) => records.map(({ body }) => body));

const arnOf = (QueueUrl: string) => `arn:aws:sqs:${REGION}:000000000000:${QueueUrl.split('/').at(-1)}`;

async function map(
  FunctionName: string,
  QueueUrl: string,
  more: Partial<lambda.CreateEventSourceMappingCommandInput> = {},
): Promise<string> {
  const input = { FunctionName, EventSourceArn: arnOf(QueueUrl), ...more };
  const { UUID = '' } = await twin.client.send(new lambda.CreateEventSourceMappingCommand(input));
  return UUID;
}

/** Messages that the queue holds, in flight or not. */
async function held(QueueUrl: string): Promise<number> {
  const AttributeNames = ['All' as const];
  const { Attributes } = await twin.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
}

const enable = (UUID: string, Enabled: boolean) =>
  twin.client.send(new lambda.UpdateEventSourceMappingCommand({ UUID, Enabled }));

test('a message invokes the function with the event that AWS has for it, and is deleted', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  await map(name, QueueUrl);
  const { MessageId, MD5OfMessageBody, MD5OfMessageAttributes } = await twin.sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'größer',
      MessageAttributes: {
        colour: { DataType: 'String', StringValue: 'green' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    }),
  );
  await until('the message', () => got(name).length > 0);
  const [record] = got(name).flat() as unknown as Record<string, unknown>[];
  const { attributes, receiptHandle, ...rest } = record as {
    attributes: Record<string, string>;
    receiptHandle: string;
  };
  assert.deepEqual(rest, {
    messageId: MessageId,
    body: 'größer',
    messageAttributes: {
      colour: { stringValue: 'green', stringListValues: [], binaryListValues: [], dataType: 'String' },
      raw: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
    },
    md5OfMessageAttributes: MD5OfMessageAttributes,
    md5OfBody: MD5OfMessageBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arnOf(QueueUrl),
    awsRegion: REGION,
  });
  assert.equal(typeof receiptHandle, 'string');
  assert.deepEqual(Object.keys(attributes).sort(), [
    'ApproximateFirstReceiveTimestamp',
    'ApproximateReceiveCount',
    'SenderId',
    'SentTimestamp',
  ]);
  await until('its deletion', async () => (await held(QueueUrl)) === 0);
});

test('what fails comes back, and goes to the dead-letter queue in the end', async () => {
  const name = await functions.make(CODE);
  const dead = await queues.make();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 2 });
  const QueueUrl = await queues.make({ VisibilityTimeout: '3', RedrivePolicy });
  await map(name, QueueUrl);
  await sendAll(twin.sqs, QueueUrl, ['throw']);
  const [message] = await receiveAll(twin.sqs, dead, 1, { WaitTimeSeconds: 20 });
  assert.equal(message?.Body, 'throw');
  assert.deepEqual(
    got(name).map((records) => records.map(({ attributes }) => attributes.ApproximateReceiveCount)),
    [['1'], ['2']],
  );
});

test('an answer that names failures brings back those alone, and one that cannot be right all', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make({ VisibilityTimeout: '3' });
  await sendAll(twin.sqs, QueueUrl, ['good', 'fail', 'better']);
  const UUID = await map(name, QueueUrl, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await until('the second try', () => got(name).length >= 2);
  await enable(UUID, false);
  assert.deepEqual(bodiesGot(name).slice(0, 4), ['good', 'fail', 'better', 'fail']);
  assert.equal(await held(QueueUrl), 1);
  const other = await queues.make({ VisibilityTimeout: '3' });
  const another = await functions.make(CODE);
  await sendAll(twin.sqs, other, ['good', 'nonsense']);
  const second = await map(another, other, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await until('the second try', () => got(another).length >= 2);
  await enable(second, false);
  assert.deepEqual(bodiesGot(another).slice(0, 4), ['good', 'nonsense', 'good', 'nonsense']);
});

test('without that setting the answer says nothing', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  await map(name, QueueUrl);
  await sendAll(twin.sqs, QueueUrl, ['fail']);
  await until('the message', () => got(name).length > 0);
  await until('its deletion', async () => (await held(QueueUrl)) === 0);
});

test('a window gathers a batch larger than one receive', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  const bodies = Array.from({ length: 35 }, (_, i) => `m${i}`);
  await sendAll(twin.sqs, QueueUrl, bodies);
  await map(name, QueueUrl, { BatchSize: 35, MaximumBatchingWindowInSeconds: 20 });
  await until('the batch', () => got(name).length > 0);
  assert.deepEqual(
    got(name).map(({ length }) => length),
    [35],
    'and does not wait for the rest of the window once it is full',
  );
  assert.deepEqual(bodiesGot(name), bodies);
});

test('a window that is longer than messages stay hidden ends before they come back', async () => {
  const name = await functions.make(CODE, { Timeout: 1 });
  const QueueUrl = await queues.make({ VisibilityTimeout: '3' });
  await map(name, QueueUrl, { BatchSize: 100, MaximumBatchingWindowInSeconds: 10 });
  await sendAll(twin.sqs, QueueUrl, ['one']);
  await until('the batch', () => got(name).length > 0);
  await until('its end', async () => (await held(QueueUrl)) === 0);
  assert.deepEqual(
    got(name).map((records) => records.map(({ attributes }) => attributes.ApproximateReceiveCount)),
    [['1']],
  );
});

test('an event never exceeds the payload quota', async () => {
  const name = await functions.make(
    `exports.handler = async (event) => process.stdout.write('GOT ' + JSON.stringify({ Records: event.Records.map(
      ({ body }) => ({ body: body.slice(0, 2), bytes: JSON.stringify(event).length })) }) + '\\n');`,
    { Timeout: 20, MemorySize: 512 },
  );
  const QueueUrl = await queues.make();
  const bodies = Array.from({ length: 9 }, (_, i) => `m${i}`);
  for (const body of bodies) await sendAll(twin.sqs, QueueUrl, [body.padEnd(1_000_000, '.')]);
  await map(name, QueueUrl);
  await until('all', () => bodiesGot(name).length >= 9);
  const events = got(name) as unknown as { bytes: number }[][];
  assert.deepEqual(bodiesGot(name).sort(), bodies);
  assert.ok(events.flat().every(({ bytes }) => bytes <= 6_291_456));
  assert.deepEqual(events.map(({ length }) => length).sort(), [3, 6]);
});

test('messages that fit no pattern are dropped and never seen', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  const bodies = Array.from({ length: 30 }, (_, size) => JSON.stringify({ size, colour: 'green' }));
  await sendAll(twin.sqs, QueueUrl, [...bodies, 'plain text']);
  const Pattern = JSON.stringify({ body: { size: [{ numeric: ['>=', 27] }], colour: ['green'] } });
  await map(name, QueueUrl, { FilterCriteria: { Filters: [{ Pattern }] } });
  await until('an empty queue', async () => (await held(QueueUrl)) === 0);
  await until('three messages', () => bodiesGot(name).length >= 3);
  assert.deepEqual(bodiesGot(name), bodies.slice(27));
});

test('a mapping that is disabled takes nothing, not even what comes the next moment, until it is enabled', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  const UUID = await map(name, QueueUrl);
  await enable(UUID, false);
  await sendAll(twin.sqs, QueueUrl, ['later']);
  await pause(300);
  assert.deepEqual(got(name), []);
  const { Messages } = await twin.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  assert.equal(Messages?.length, 1, 'nobody else had taken it');
  await enable(UUID, true);
  await until('the message', () => got(name).length > 0);
  await twin.client.send(new lambda.DeleteEventSourceMappingCommand({ UUID }));
  await sendAll(twin.sqs, QueueUrl, ['never']);
  await pause(300);
  assert.deepEqual(bodiesGot(name), ['later']);
});

test('messages wait for a function that is deleted, and go to the one that takes its name', async () => {
  const FunctionName = await functions.make(CODE);
  const QueueUrl = await queues.make();
  await map(FunctionName, QueueUrl);
  await twin.client.send(new lambda.DeleteFunctionCommand({ FunctionName }));
  await sendAll(twin.sqs, QueueUrl, ['patient']);
  await pause(300);
  assert.equal(await held(QueueUrl), 1);
  await twin.client.send(
    new lambda.CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Code: { ZipFile: zipOf({ 'index.js': CODE }) },
    }),
  );
  await until('the message', () => got(FunctionName).length > 0);
  assert.equal(got(FunctionName)[0]?.[0]?.attributes.ApproximateReceiveCount, '1');
});

test('a throttled function loses nothing', async () => {
  const FunctionName = await functions.make(CODE);
  const QueueUrl = await queues.make();
  const input = { FunctionName, ReservedConcurrentExecutions: 0 };
  await twin.client.send(new lambda.PutFunctionConcurrencyCommand(input));
  await map(FunctionName, QueueUrl);
  await sendAll(twin.sqs, QueueUrl, ['held up']);
  await pause(300);
  assert.deepEqual(got(FunctionName), []);
  await twin.client.send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName }));
  await until('the message', () => got(FunctionName).length > 0);
  await until('its deletion', async () => (await held(QueueUrl)) === 0);
  assert.equal(got(FunctionName)[0]?.[0]?.attributes.ApproximateReceiveCount, '1');
});

test('no more batches run at a time than the mapping allows', async () => {
  const name = await functions.make(CODE);
  const QueueUrl = await queues.make();
  await sendAll(twin.sqs, QueueUrl, Array(8).fill('sleep'));
  await map(name, QueueUrl, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  await until('all', () => twin.reports.filter(({ functionName }) => functionName === name).length >= 8);
  const reports = twin.reports.filter(({ functionName }) => functionName === name);
  // Starts are whole milliseconds, so two that follow each other seem to overlap by less than one.
  const during = (at: number) =>
    reports.filter(({ startMs, durationMs }) => startMs <= at && at < startMs + durationMs - 2).length;
  assert.equal(Math.max(...reports.map(({ startMs }) => during(startMs))), 2);
});

test('an alias draws its version for each invocation', async () => {
  const FunctionName = await functions.make(CODE);
  const { Version: one = '' } = await twin.client.send(new lambda.PublishVersionCommand({ FunctionName }));
  await twin.client.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }));
  const { Version: two = '' } = await twin.client.send(new lambda.PublishVersionCommand({ FunctionName }));
  const RoutingConfig = { AdditionalVersionWeights: { [two]: 0.5 } };
  await twin.client.send(
    new lambda.CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: one, RoutingConfig }),
  );
  const QueueUrl = await queues.make();
  await sendAll(twin.sqs, QueueUrl, Array(40).fill('x'));
  await map(`${FunctionName}:live`, QueueUrl, { BatchSize: 1 });
  const ran = () => twin.reports.filter(({ functionName }) => functionName === FunctionName);
  await until('all', () => ran().length >= 40);
  const share = ran().filter(({ version }) => version === two).length;
  // Outside 6 to 34 of 40 with a probability below 1e-5.
  assert.ok(share >= 6 && share <= 34, `${share} of 40 ran on the second version`);
});

test('what was begun when the twin ended comes again in its next life', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-restart-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const first = await openTwin({ directory, state: twin.state });
  const FunctionName = 'restarted';
  const code = `exports.handler = async () => {
    process.stdout.write('GOT ' + JSON.stringify({ Records: [] }) + '\\n');
    if (process.env.SLEEP) await new Promise((resolve) => setTimeout(resolve, 60_000));
  };`;
  const settings = { Role: ROLE, Handler: 'index.handler', Runtime: 'nodejs22.x' as const, Timeout: 1 };
  const Code = { ZipFile: zipOf({ 'index.js': code }) };
  const Environment = { Variables: { SLEEP: 'yes' } };
  await first.client.send(new lambda.CreateFunctionCommand({ FunctionName, Code, Environment, ...settings }));
  const QueueUrl = await queues.make({ VisibilityTimeout: '1' });
  const input = { FunctionName, EventSourceArn: arnOf(QueueUrl) };
  const { UUID } = await first.client.send(new lambda.CreateEventSourceMappingCommand(input));
  const sqs = sqsClient(first.endpoint);
  await sendAll(sqs, QueueUrl, ['x']);
  sqs.destroy();
  await until('the first try', () => first.lines.some(({ line }) => line.startsWith('GOT ')));
  await first.close();
  assert.equal(await held(QueueUrl), 1);
  const second = await openTwin({ directory, state: twin.state });
  await second.client.send(
    new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: {} } }),
  );
  await until('the second try', async () => (await held(QueueUrl)) === 0);
  await second.client.send(new lambda.DeleteEventSourceMappingCommand({ UUID }));
  await second.close();
});

test('a queue without messages costs no queries', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-idle-'));
  let queries = 0;
  const run: StateEngine['run'] = (work) => {
    queries++;
    return twin.state.run(work);
  };
  const idle = await openTwin({ directory, state: { ...twin.state, run } });
  t.after(async () => {
    await idle.close();
    await rm(directory, { recursive: true, force: true });
  });
  const settings = { Role: ROLE, Handler: 'index.handler', Runtime: 'nodejs22.x' as const };
  const Code = { ZipFile: zipOf({ 'index.js': CODE }) };
  await idle.client.send(new lambda.CreateFunctionCommand({ FunctionName: 'idle', Code, ...settings }));
  const input = { FunctionName: 'idle', EventSourceArn: arnOf(await queues.make()) };
  const { UUID } = await idle.client.send(new lambda.CreateEventSourceMappingCommand(input));
  await pause(300);
  const before = queries;
  await pause(1_000);
  // The twin of the other tests shares the database, and has no part in this count.
  assert.equal(queries - before, 0);
  await idle.client.send(new lambda.DeleteEventSourceMappingCommand({ UUID }));
});
