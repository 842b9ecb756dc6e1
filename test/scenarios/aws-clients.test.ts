import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { ControlRoom, type Outcome, run } from './control-room.ts';

const ROLE = 'arn:aws:iam::000000000000:role/any';
const ZIP = zipSync({
  'index.mjs': new TextEncoder().encode(
    'export const handler = async (payload) => ({ hello: payload.name });',
  ),
});

let room: ControlRoom;
let zipFile: string;
before(async () => {
  room = await ControlRoom.start();
  zipFile = join(room.directory, 'function.zip');
  await writeFile(zipFile, ZIP);
});
after(() => room.stop());

test('AWS SDK v3 with nothing but the variables of "upstack env" deploys, invokes and deletes a function', async () => {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = room.env;
  const client = new LambdaClient({
    endpoint: AWS_ENDPOINT_URL as string,
    region: AWS_REGION as string,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID as string,
      secretAccessKey: AWS_SECRET_ACCESS_KEY as string,
    },
  });
  const FunctionName = 'sdk-function';
  await client.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: ROLE,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: ZIP },
    }),
  );
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 10 }, { FunctionName });
  const { Version } = await client.send(new PublishVersionCommand({ FunctionName }));
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: Version }));
  const answer = await client.send(
    new InvokeCommand({ FunctionName, Qualifier: 'live', Payload: '{"name":"you"}' }),
  );
  assert.deepEqual(
    [answer.StatusCode, answer.ExecutedVersion, answer.Payload?.transformToString()],
    [200, '1', '{"hello":"you"}'],
  );
  await client.send(new DeleteFunctionCommand({ FunctionName }));
  await assert.rejects(client.send(new GetFunctionCommand({ FunctionName })), {
    name: 'ResourceNotFoundException',
  });
  client.destroy();
});

test('the queues answer AWS SDK v3 on the same port, with the same variables', async () => {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = room.env;
  const client = new SQSClient({
    endpoint: AWS_ENDPOINT_URL as string,
    region: AWS_REGION as string,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID as string,
      secretAccessKey: AWS_SECRET_ACCESS_KEY as string,
    },
  });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'orders' }));
  assert.equal(QueueUrl, `${room.url}/000000000000/orders`);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an order' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  assert.equal(Messages?.[0]?.Body, 'an order');
  await client.send(new DeleteQueueCommand({ QueueUrl }));
  client.destroy();
});

test('upstack deploy moves the alias, and upstack rollback moves it back', async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'upstack-deploy-')), 'greeter');
  await mkdir(directory);
  const deploy = async (word: string, ...options: string[]) => {
    await writeFile(join(directory, 'index.js'), `exports.handler = async () => '${word}';`);
    return await room.upstack('deploy', directory, ...options);
  };
  const said = async () =>
    JSON.parse((await room.upstack('invoke', 'greeter', '--qualifier', 'live', '--json')).stdout).payload;
  try {
    const first = await deploy('one', '--data', room.directory);
    assert.equal(first.code, 0);
    const [, evidence = ''] = /^source map and metafile: (.+)$/m.exec(first.stdout) ?? [];
    assert.deepEqual((await readdir(evidence)).sort(), ['index.cjs.map', 'metafile.json']);
    const early = await room.upstack('rollback', 'greeter');
    assert.deepEqual([early.code, early.stdout], [2, '']);
    assert.match(
      early.stderr,
      /^upstack: greeter has no version before 1, the version of live: deploy one\n$/,
    );
    assert.match((await deploy('two')).stdout, /moved from version 1[\s\S]*upstack rollback greeter --to 1/);
    assert.equal(await said(), 'two');
    const back = await room.upstack('rollback', 'greeter', '--json');
    assert.deepEqual(JSON.parse(back.stdout), { name: 'greeter', alias: 'live', from: '2', to: '1' });
    assert.equal(await said(), 'one');
    assert.match(
      (await room.upstack('rollback', 'greeter', '--to', '2')).stdout,
      /from version 1 to 2; to undo/,
    );
    assert.equal(await said(), 'two');
    for (const [line, message] of [
      [['greeter', '--to', '7'], /greeter has no version 7: it has 1, 2/],
      [['greeter', '--alias', 'prod'], /greeter has no alias prod: it has live/],
      [['nobody'], /nobody/],
    ] as const) {
      const refused = await room.upstack('rollback', ...line);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, message);
    }
  } finally {
    await rm(join(directory, '..'), { recursive: true });
  }
});

test('upstack invoke --event is answered at once, and the function runs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-event-'));
  const invocations = async (): Promise<number> => {
    const { functions } = JSON.parse((await room.upstack('top', '--json')).stdout);
    return functions.find(({ name }: { name: string }) => name === 'later')?.invocations;
  };
  try {
    await writeFile(join(directory, 'index.js'), 'exports.handler = async () => 1;');
    assert.equal((await room.upstack('deploy', directory, '--name', 'later')).code, 0);
    const sent = await room.upstack('invoke', 'later', '--event', '--qualifier', 'live');
    assert.match(sent.stdout, /^accepted {2}request id [0-9a-f-]{36}\n$/);
    for (const end = performance.now() + 30_000; (await invocations()) === 0; ) {
      assert.ok(performance.now() < end, 'it did not run within 30 s');
    }
    const refused = await room.upstack('invoke', 'nobody', '--event');
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /nobody/);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('upstack invoke --unit tells the function whom it is for', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upstack-unit-'));
  const unit = 'person 7 ü';
  try {
    await writeFile(
      join(directory, 'index.js'),
      'exports.handler = async (event, context) => context.clientContext;',
    );
    assert.equal((await room.upstack('deploy', directory, '--name', 'told')).code, 0);
    const { stdout } = await room.upstack('invoke', 'told', '--unit', unit, '--json');
    assert.deepEqual(JSON.parse(stdout).payload, { custom: { 'upstack.unit': unit } });
    const long = await room.upstack('invoke', 'told', '--unit', 'x'.repeat(257));
    assert.equal(long.code, 2);
    assert.equal(long.stderr, 'upstack: unit must have at most 256 characters\n');
  } finally {
    await rm(directory, { recursive: true });
  }
});

const hasAwsCli = await run('aws', ['--version']).then(
  ({ code }) => code === 0,
  () => false,
);

// AWS_ENDPOINT_URL is known to the AWS CLI since 2.13; the option works with every version.
test('the AWS CLI does the same', { skip: hasAwsCli ? false : 'no AWS CLI on this machine' }, async () => {
  const out = join(room.directory, 'answer.json');
  const payloadFile = join(room.directory, 'payload.json');
  await writeFile(payloadFile, '{"name":"you"}');
  const name = ['--function-name', 'cli-function'];
  const aws = async (...line: string[]) => {
    const outcome: Outcome = await run(
      'aws',
      ['lambda', ...line, '--endpoint-url', room.url, '--output', 'json'],
      {
        ...process.env,
        ...room.env,
        AWS_PAGER: '',
      },
    );
    assert.equal(outcome.code, 0, `aws lambda ${line.join(' ')}: ${outcome.stderr}`);
    return outcome.stdout === '' ? {} : (JSON.parse(outcome.stdout) as Record<string, unknown>);
  };
  await aws(
    'create-function',
    ...name,
    '--role',
    ROLE,
    '--runtime',
    'nodejs18.x',
    '--handler',
    'index.handler',
    '--zip-file',
    `fileb://${zipFile}`,
  );
  await aws('wait', 'function-active', ...name);
  assert.equal((await aws('publish-version', ...name)).Version, '1');
  await aws('create-alias', ...name, '--name', 'live', '--function-version', '1');
  const invoked = await aws(
    'invoke',
    ...name,
    '--qualifier',
    'live',
    '--payload',
    `fileb://${payloadFile}`,
    out,
  );
  assert.deepEqual([invoked.StatusCode, invoked.ExecutedVersion], [200, '1']);
  assert.equal((await aws('get-alias', ...name, '--name', 'live')).FunctionVersion, '1');
  await aws('delete-function', ...name);
});
