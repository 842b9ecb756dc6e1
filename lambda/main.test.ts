import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { callUrl, json, refused, zipOf } from './test/support/functions-made.ts';
import { until } from './test/support/until.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'upstack-alone-'));
});
after(() => rm(root, { recursive: true }));

/** The command as people start it, and what it says. */
class Command {
  readonly child: ChildProcess;
  output = '';
  errors = '';
  ended: Promise<unknown[]>;

  constructor(...line: string[]) {
    this.child = spawn(process.execPath, [MAIN, ...line], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = once(this.child, 'close');
    this.child.stdout?.on('data', (text) => (this.output += text));
    this.child.stderr?.on('data', (text) => (this.errors += text));
  }

  async code(): Promise<unknown> {
    return (await this.ended)[0];
  }

  /** The AWS_* variables that it prints. */
  async variables(): Promise<Record<string, string>> {
    await until('it is ready', () => {
      if (this.child.exitCode !== null) assert.fail(this.errors);
      return this.output.includes('Stop with');
    });
    return Object.fromEntries([...this.output.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, a, b]) => [a, b]));
  }

  async stop(): Promise<unknown> {
    this.child.kill('SIGTERM');
    return await this.code();
  }
}

function clientOf(variables: Record<string, string>): LambdaClient {
  return new LambdaClient({
    endpoint: variables.AWS_ENDPOINT_URL as string,
    region: variables.AWS_REGION as string,
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID as string,
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY as string,
    },
    maxAttempts: 1,
  });
}

test('it serves the Lambda API and function URLs alone, and keeps functions and keys', async () => {
  const directory = join(root, 'data');
  const first = new Command('--port', '0', '--data', directory);
  const variables = await first.variables();
  const client = clientOf(variables);
  const FunctionName = 'hello';
  const code =
    'exports.handler = async (event) => { console.log("served"); return event.rawPath ?? event; };';
  const create = new CreateFunctionCommand({
    FunctionName,
    Role: 'arn:aws:iam::000000000000:role/any',
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Code: { ZipFile: zipOf({ 'index.js': code }) },
  });
  await client.send(create);
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
  const invoke = new InvokeCommand({ FunctionName, Payload: Buffer.from('{"a":1}') });
  assert.deepEqual(json((await client.send(invoke)).Payload), { a: 1 });
  const configure = new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' });
  const { FunctionUrl = '' } = await client.send(configure);
  assert.equal((await callUrl(`${FunctionUrl}path`)).body.toString(), '/path');
  await until('the line of the function', () => first.output.includes('[hello] '));
  const event = new InvokeCommand({ FunctionName, InvocationType: 'Event' });
  await refused(client.send(event), 'InvalidParameterValueException', 400, /without a state engine/);
  client.destroy();
  assert.equal((await stat(join(directory, 'keys.json'))).mode & 0o777, 0o600);

  const second = new Command('--port', '0', '--data', directory);
  assert.equal(await second.code(), 1);
  assert.match(second.errors, /^lambda: .*data is used by process \d+: stop it, or give another --data\n$/);

  assert.equal(await first.stop(), 0);
  const again = new Command('--port', '0', '--data', directory);
  const later = clientOf(await again.variables());
  assert.deepEqual(
    (await later.send(new ListFunctionsCommand())).Functions?.map((one) => one.FunctionName),
    ['hello'],
  );
  later.destroy();
  assert.equal(await again.stop(), 0);
  assert.equal(again.errors, '');
});

test('bad input and a port in use are one line that says what to do', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as { port: number };
  const taken = new Command('--port', String(port), '--data', join(root, 'taken'));
  assert.equal(await taken.code(), 1);
  assert.equal(taken.errors, `lambda: port ${port} is in use: stop what uses it, or give another --port\n`);
  other.close();
  const bad = new Command('--prot', '1');
  assert.equal(await bad.code(), 2);
  assert.equal(bad.errors, "lambda: Unknown option '--prot': see --help\n");
  const help = new Command('--help');
  assert.equal(await help.code(), 0);
  assert.match(help.output, /^Usage: node lambda\/main\.ts \[--port N\] \[--data DIR\]\n/);
});
