/** Functions that call themselves, with the official SDKs in their packages, which send the trace header on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateEventSourceMappingCommand,
  GetFunctionRecursionConfigCommand,
  InvokeCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import type { QueueTables } from '../../../sqs/tables.ts';
import type { EventTables } from '../../../src/async/store.ts';
import { withInvocation } from '../../../src/invocations/lineage.ts';
import { FunctionsMade, json, refused } from '../../support/functions-made.ts';
import {
  openQueuesTwin,
  QueuesMade,
  type QueuesTwin,
  receiveAll,
  sendAll,
} from '../../support/queues-made.ts';
import { CREDENTIALS, REGION } from '../../support/twin.ts';
import { until } from '../../support/until.ts';

const MAX_RUNS = 16;
/** As long as a function may take: a mapping wants no less. */
const VISIBILITY_SECONDS = 4;

let twin: QueuesTwin;
let functions: FunctionsMade;
let queues: QueuesMade;
before(async () => {
  // Who waits for itself needs an execution environment for each run.
  twin = await openQueuesTwin({ concurrencyPerVersion: MAX_RUNS + 1 });
  functions = new FunctionsMade(twin);
  queues = new QueuesMade(twin.sqs);
});
after(() => twin.close());

/** A function of this code, its dependencies bundled. */
async function make(code: string, Variables: Record<string, string> = {}, Timeout = 60): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    write: false,
  });
  const settings = {
    ENDPOINT: twin.endpoint,
    CLIENT: JSON.stringify({ region: REGION, credentials: CREDENTIALS }),
  };
  return await functions.make(outputFiles[0]?.text ?? '', {
    Timeout,
    Environment: { Variables: { ...settings, ...Variables } },
  });
}

const SETTINGS = '{ endpoint: process.env.ENDPOINT, maxAttempts: 1, ...JSON.parse(process.env.CLIENT) }';
/** Invokes itself as the event says, until it has run so often or is stopped, and answers with its depth or the error's name. */
const AGAIN = `
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
const client = new LambdaClient(${SETTINGS});
export const handler = async ({ type, depth, most }) => {
  console.log('RUN ' + depth);
  if (depth === most) return depth;
  const Payload = JSON.stringify({ type, most, depth: depth + 1 });
  const FunctionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
  try {
    const answer = await client.send(new InvokeCommand({ FunctionName, InvocationType: type, Payload }));
    return type === 'Event' ? depth : JSON.parse(Buffer.from(answer.Payload).toString());
  } catch (error) {
    return error.name + ' at ' + depth;
  }
};`;
/** Sends what it gets back to its own queue. */
const BACK = `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const client = new SQSClient(${SETTINGS});
export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    console.log('RUN ' + body);
    if (body !== 'alone') await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: body }));
  }
};`;

/** Sends a message back until it has come three times. */
const TWICE_AGAIN = `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const client = new SQSClient(${SETTINGS});
export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    console.log('RUN ' + body);
    const MessageBody = String(Number(body) + 1);
    if (body !== '2') await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody }));
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
};`;

const arnOf = (QueueUrl: string) => `arn:aws:sqs:${REGION}:000000000000:${QueueUrl.split('/').at(-1)}`;

const runs = (name: string, of = '') =>
  twin.lines.filter(({ functionName, line }) => functionName === name && line.includes(`RUN ${of}`)).length;

const invoke = async (FunctionName: string, event: object) =>
  json((await twin.client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }))).Payload);

test('a function that calls itself and waits is refused the 17th time', async () => {
  const name = await make(AGAIN);
  const answer = await invoke(name, { type: 'RequestResponse', depth: 1, most: 30 });
  assert.equal(answer, `RecursiveInvocationException at ${MAX_RUNS}`);
  assert.equal(runs(name), MAX_RUNS);
  assert.equal(await invoke(name, { type: 'RequestResponse', depth: 1, most: 10 }), 10, 'a chain of its own');
});

test('a function that sends itself events is stopped before the 17th time', async () => {
  const name = await make(AGAIN);
  await invoke(name, { type: 'Event', depth: 1, most: 30 });
  await until('the last run', () => runs(name) === MAX_RUNS);
  await until('the end of the event that is one too many', async () => {
    const events = twin.state.run<EventTables, unknown[]>((database) =>
      database.selectFrom('event_invocations').select('request_id').execute(),
    );
    return (await events).length === 0;
  });
  assert.equal(runs(name), MAX_RUNS);
});

test('messages that a function sends to its own queue end in the dead-letter queue, others are processed', async () => {
  const dead = await queues.make();
  const deadLetterTargetArn = arnOf(dead);
  const QueueUrl = await queues.make({
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  const name = await make(BACK, { QUEUE: QueueUrl }, VISIBILITY_SECONDS);
  await twin.client.send(
    new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: arnOf(QueueUrl) }),
  );
  await twin.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'round' }));
  const [stopped] = await until('the dead letter', async () => {
    const letters = await receiveAll(twin.sqs, dead, 1, { MessageSystemAttributeNames: ['All'] });
    return letters.length > 0 && letters;
  });
  assert.equal(stopped?.Body, 'round');
  assert.match(stopped?.Attributes?.AWSTraceHeader ?? '', /;Lineage=[0-9a-f]{8}:15$/);
  assert.equal(runs(name, 'round'), MAX_RUNS);
  await twin.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'alone' }));
  await until('the other message', () => runs(name, 'alone') === 1);
});

test('messages that come again a few times are no loop, whatever else is in the queue', async () => {
  const dead = await queues.make();
  const QueueUrl = await queues.make({
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 }),
  });
  const name = await make(TWICE_AGAIN, { QUEUE: QueueUrl }, VISIBILITY_SECONDS);
  await twin.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: arnOf(QueueUrl),
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
  );
  // New ones come all the time, so that batches hold some of each kind.
  const MESSAGES = 300;
  for (let n = 0; n < MESSAGES; n += 2) {
    await sendAll(twin.sqs, QueueUrl, ['0', '0']);
    await pause(15);
  }
  await until('every message, three times', () => runs(name) === 3 * MESSAGES);
  assert.deepEqual(await receiveAll(twin.sqs, dead, 1, { WaitTimeSeconds: 0 }), []);
});

test('a message of a loop is not handed out again and again, though its queue hides nothing', async () => {
  const name = await make(BACK, { QUEUE: '' }, 1);
  const QueueUrl = await queues.make({ VisibilityTimeout: '1' });
  await twin.client.send(
    new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: arnOf(QueueUrl) }),
  );
  await twin.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '0' } }));
  const StringValue = Array.from({ length: MAX_RUNS }, () => name).reduce(withInvocation, 'Root=1');
  const MessageSystemAttributes = { AWSTraceHeader: { DataType: 'String', StringValue } };
  const since = performance.now();
  await twin.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageSystemAttributes }));
  const receives = async () => {
    const counts = await twin.state.run<QueueTables, { receive_count: number }[]>((database) =>
      database.selectFrom('queue_messages').select('receive_count').where('body', '=', 'x').execute(),
    );
    return counts[0]?.receive_count ?? 0;
  };
  await until('three receives', async () => (await receives()) >= 3);
  assert.ok(performance.now() - since > 1_900, 'a second lies between two');
  assert.equal(runs(name), 0);
});

test('a message cannot say more than a trace header to the runtime', async () => {
  const QueueUrl = await queues.make();
  for (const StringValue of [
    'Root=1\r\nlambda-runtime-deadline-ms: 1',
    'Root=1\n',
    'Root=\u010d\u010a',
    'x'.repeat(3_000),
  ]) {
    const AWSTraceHeader = { DataType: 'String', StringValue };
    const sending = twin.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageSystemAttributes: { AWSTraceHeader } }),
    );
    await assert.rejects(sending, /AWSTraceHeader/);
  }
});

test('a function may be allowed to go on', async () => {
  const name = await make(AGAIN);
  const FunctionName = name;
  const config = () => twin.client.send(new GetFunctionRecursionConfigCommand({ FunctionName }));
  assert.equal((await config()).RecursiveLoop, 'Terminate');
  const allowed = new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' });
  assert.equal((await twin.client.send(allowed)).RecursiveLoop, 'Allow');
  assert.equal((await config()).RecursiveLoop, 'Allow');
  await invoke(name, { type: 'Event', depth: 1, most: 20 });
  await until('all runs', () => runs(name) === 20);
  const wrong = new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Never' as 'Allow' });
  await refused(twin.client.send(wrong), 'InvalidParameterValueException', 400, /recursiveLoop/);
});
