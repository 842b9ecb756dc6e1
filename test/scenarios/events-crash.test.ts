/** The twin is killed while it runs events: nothing that was acknowledged is lost, and the rules of retrying survive. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { zipOf } from '../../lambda/test/support/functions-made.ts';
import { CREDENTIALS, REGION, ROLE } from '../../lambda/test/support/twin.ts';
import { until } from '../until.ts';

const PROCESS = resolve(import.meta.dirname, '../../lambda/test/support/twin-process.ts');
const EVENTS = 1_000;
/** Events of one function that run at a time. */
const CONCURRENCY = 10;
const HOUR_MS = 3_600_000;
const MAX_WAIT_MS = 120_000;

/** Appends what it got to a file, as one line, and fails when it is told to. */
const CODE = `const { appendFileSync } = require('node:fs');
exports.handler = async (event, context) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const line = { name: context.functionName, id: context.awsRequestId, event };
  appendFileSync(process.env.TOLD, JSON.stringify(line) + '\\n');
  if (event.fail) throw new Error('as told');
};`;

interface Line {
  name: string;
  id: string;
  event: {
    n?: number;
    requestContext?: { requestId: string; condition: string; approximateInvokeCount: number };
  };
}

/** One life of the twin's process. */
class Life {
  client: LambdaClient;
  #process: ChildProcess;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#process = child;
    this.client = new LambdaClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  }

  static async start(directory: string, aheadMs: number): Promise<Life> {
    const child = fork(PROCESS, [directory, String(aheadMs)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const failed = once(child, 'exit').then(() => {
      throw new Error('the twin did not start');
    });
    const [endpoint] = (await Promise.race([once(child, 'message'), failed])) as [string];
    failed.catch(() => {});
    return new Life(child, endpoint);
  }

  async end(how: 'killed' | 'asked'): Promise<void> {
    this.client.destroy();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    if (how === 'killed') this.#process.kill('SIGKILL');
    else this.#process.disconnect();
    await gone;
  }

  /** Returns the request id. */
  async send(FunctionName: string, payload: object): Promise<string> {
    const Payload = Buffer.from(JSON.stringify(payload));
    const command = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload });
    const { $metadata } = await this.client.send(command);
    return $metadata.requestId ?? '';
  }

  async make(FunctionName: string, told: string): Promise<string> {
    const command = new CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 30,
      Environment: { Variables: { TOLD: told } },
      Code: { ZipFile: zipOf({ 'index.js': CODE }) },
    });
    return (await this.client.send(command)).FunctionArn ?? '';
  }
}

/** What the functions that report into a directory wrote, line by line. A kill may cut the last line. */
async function linesIn(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Sends each number that is not acknowledged yet, several at a time, until the twin is gone. */
async function sendMissing(life: Life, acknowledged: Map<number, string>): Promise<void> {
  const missing = Array.from({ length: EVENTS }, (_, n) => n).filter((n) => !acknowledged.has(n));
  const sender = async () => {
    for (let n = missing.shift(); n !== undefined; n = missing.shift()) {
      acknowledged.set(n, await life.send('counter', { n }));
    }
  };
  await Promise.allSettled(Array.from({ length: 20 }, sender));
}

test('an event that was acknowledged runs, whenever the twin is killed; attempts and age are kept', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-events-crash-'));
  const told = join(directory, 'told');
  let life = await Life.start(directory, 0);
  t.after(async () => {
    await life.end('asked');
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  const of = async (name: string) => (await linesIn(told)).filter((line) => line.name === name);
  const times = (name: string, least: number) =>
    until(`${least} of ${name}`, async () => (await of(name)).length >= least, MAX_WAIT_MS);

  for (const name of ['counter', 'failing', 'late']) await life.make(name, told);
  const Destination = await life.make('records', told);
  for (const FunctionName of ['failing', 'late']) {
    await life.client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        ...(FunctionName === 'late' && { MaximumEventAgeInSeconds: 7_200 }),
        DestinationConfig: { OnFailure: { Destination } },
      }),
    );
  }
  const failing = await life.send('failing', { fail: true });
  const late = await life.send('late', { fail: true });
  await Promise.all([times('failing', 1), times('late', 1)]);

  const acknowledged = new Map<number, string>();
  const sending = sendMissing(life, acknowledged);
  const killAfter = 100 + Math.floor(Math.random() * 600);
  await times('counter', killAfter);
  await life.end('killed');
  await sending;
  const before = { acknowledged: acknowledged.size, delivered: (await of('counter')).length };

  // Three hours later.
  life = await Life.start(directory, 3 * HOUR_MS);
  await sendMissing(life, acknowledged);
  assert.equal(acknowledged.size, EVENTS);
  await until(
    'all events',
    async () => {
      const ids = new Set((await of('counter')).map(({ id }) => id));
      return [...acknowledged.values()].every((id) => ids.has(id));
    },
    MAX_WAIT_MS,
  );
  await Promise.all([times('failing', 2), times('records', 1)]);
  await life.end('killed');

  // Another two minutes and more later, so that the third attempt is due.
  life = await Life.start(directory, 3 * HOUR_MS + 180_000);
  await until(
    'both records',
    async () => new Set((await of('records')).map(({ id }) => id)).size === 2,
    MAX_WAIT_MS,
  );
  await life.end('asked');

  // What ran at a kill ran again, and is counted once.
  const attempts = (await of('failing')).map(({ id }) => id);
  assert.deepEqual(new Set(attempts), new Set([failing]));
  assert.ok(attempts.length === 3 || attempts.length === 4, `${attempts.length} attempts`);
  assert.deepEqual(
    (await of('late')).map(({ id }) => id),
    [late],
  );
  const records = new Map((await of('records')).map(({ id, event }) => [id, event.requestContext]));
  assert.deepEqual(
    [...records.values()].map((one) => [one?.requestId, one?.condition, one?.approximateInvokeCount]),
    [
      [late, 'EventAgeExceeded', 1],
      [failing, 'RetriesExhausted', 3],
    ],
  );
  const counted = await of('counter');
  const twice = counted.length - new Set(counted.map(({ id }) => id)).size;
  assert.ok(twice <= 2 * CONCURRENCY, `${twice} ran again`);
  t.diagnostic(
    `killed after ${before.delivered} deliveries of ${before.acknowledged} acknowledged events; of ${EVENTS}, ${twice} ran twice and none was lost`,
  );
});
