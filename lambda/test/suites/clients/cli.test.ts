import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPERATIONS } from '../../../src/api/lambda-api.ts';
import { type Aws, noCli, withAws } from '../../clients/cli.ts';
import { callByPython, callBySdk, pythonWith } from '../../clients/python.ts';
import { zipOf } from '../../support/functions-made.ts';
import { openTwin, REGION, ROLE } from '../../support/twin.ts';

/** Hands `use` an `aws lambda` that talks to a twin of its own, and a directory; both are gone afterwards. */
async function withCli(use: (aws: Aws, directory: string) => Promise<void>): Promise<void> {
  await withAws(openTwin(), (aws, directory) => use((...words) => aws('lambda', ...words), directory));
}

/** Creates the function `cart`, with more options of the CLI. */
async function createCart(aws: Aws, directory: string, ...more: string[]) {
  const zip = join(directory, 'code.zip');
  const code = 'exports.handler = async (event) => ({ colour: "green", event });';
  await writeFile(zip, zipOf({ 'index.js': code }));
  const named = ['--function-name', 'cart', '--runtime', 'nodejs22.x', '--handler', 'index.handler'];
  return await aws('create-function', ...named, '--role', ROLE, '--zip-file', `fileb://${zip}`, ...more);
}

test('the AWS CLI deploys, waits, invokes, routes and deletes', {
  skip: noCli(),
  timeout: 120_000,
}, async () => {
  await withCli(async (aws, directory) => {
    const made = await createCart(aws, directory);
    assert.equal(made.FunctionArn, `arn:aws:lambda:${REGION}:000000000000:function:cart`);
    await aws('wait', 'function-active-v2', '--function-name', 'cart');
    const payload = join(directory, 'payload.json');
    const output = join(directory, 'output.json');
    await writeFile(payload, '{"a":"ü"}');
    const answer = await aws('invoke', '--function-name', 'cart', '--payload', `fileb://${payload}`, output);
    assert.deepEqual(answer, { StatusCode: 200, ExecutedVersion: '$LATEST' });
    assert.deepEqual(JSON.parse(await readFile(output, 'utf8')), { colour: 'green', event: { a: 'ü' } });
    assert.equal((await aws('publish-version', '--function-name', 'cart')).Version, '1');
    const alias = await aws(
      'create-alias',
      '--function-name',
      'cart',
      '--name',
      'live',
      '--function-version',
      '1',
    );
    assert.equal(alias.AliasArn, `${made.FunctionArn}:live`);
    const url = await aws(
      'create-function-url-config',
      '--function-name',
      'cart',
      '--qualifier',
      'live',
      '--auth-type',
      'NONE',
    );
    assert.match(url.FunctionUrl, /^http:\/\/[a-z0-9]{32}\.lambda-url\.localhost:\d+\/$/);
    assert.deepEqual(
      (await aws('list-functions')).Functions.map((f: { FunctionName: string }) => f.FunctionName),
      ['cart'],
    );
    await assert.rejects(
      aws('get-function', '--function-name', 'nothing'),
      (error: Error & { stderr: string }) => {
        assert.match(
          error.stderr,
          /\(ResourceNotFoundException\) when calling the GetFunction operation: Function not found/,
        );
        return true;
      },
    );
    await aws('delete-function', '--function-name', 'cart');
    assert.deepEqual((await aws('list-functions')).Functions, []);
  });
});

test('the AWS CLI tags, reserves, permits and pages', { skip: noCli(), timeout: 120_000 }, async () => {
  await withCli(async (aws, directory) => {
    const cart = ['--function-name', 'cart'];
    const made = await createCart(aws, directory, '--tags', 'team=checkout', '--publish');
    const arn = made.FunctionArn.replace(/:1$/, '');
    await aws('tag-resource', '--resource', arn, '--tags', 'stage=test');
    await aws('untag-resource', '--resource', arn, '--tag-keys', 'team', 'nothing');
    assert.deepEqual(await aws('list-tags', '--resource', arn), { Tags: { stage: 'test' } });

    const reserved = { ReservedConcurrentExecutions: 5 };
    const five = ['--reserved-concurrent-executions', '5'];
    assert.deepEqual(await aws('put-function-concurrency', ...cart, ...five), reserved);
    assert.deepEqual(await aws('get-function-concurrency', ...cart), reserved);
    await aws('delete-function-concurrency', ...cart);

    const permitted = ['--statement-id', 'events', '--principal', 'events.amazonaws.com'];
    const action = ['--action', 'lambda:InvokeFunction'];
    const { Statement } = await aws('add-permission', ...cart, '--qualifier', '1', ...permitted, ...action);
    const { Policy, RevisionId } = await aws('get-policy', ...cart, '--qualifier', '1');
    assert.deepEqual(JSON.parse(Policy).Statement, [JSON.parse(Statement)]);
    const guarded = ['--statement-id', 'events', '--revision-id', RevisionId];
    await aws('remove-permission', ...cart, '--qualifier', '1', ...guarded);

    const cors = 'AllowOrigins=https://www.example.com,AllowMethods=GET,MaxAge=60';
    await aws('create-function-url-config', ...cart, '--auth-type', 'NONE', '--cors', cors);
    const url = await aws('get-function-url-config', ...cart);
    assert.deepEqual(url.Cors, {
      AllowOrigins: ['https://www.example.com'],
      AllowMethods: ['GET'],
      MaxAge: 60,
    });
    const { Versions } = await aws('list-versions-by-function', ...cart, '--page-size', '1');
    assert.deepEqual(
      Versions.map(({ Version }: { Version: string }) => Version),
      ['$LATEST', '1'],
    );
  });
});

test('the AWS CLI publishes layers and gives them to functions', {
  skip: noCli(),
  timeout: 120_000,
}, async () => {
  await withCli(async (aws, directory) => {
    const zip = join(directory, 'layer.zip');
    await writeFile(zip, zipOf({ 'nodejs/node_modules/one/index.js': 'module.exports = 1;' }));
    const tools = ['--layer-name', 'tools'];
    const file = ['--zip-file', `fileb://${zip}`];
    const fitting = ['--compatible-runtimes', 'nodejs22.x', '--license-info', 'MIT'];
    const published = await aws('publish-layer-version', ...tools, ...file, ...fitting);
    const arn = published.LayerVersionArn;
    assert.equal(arn, `arn:aws:lambda:${REGION}:000000000000:layer:tools:1`);
    const made = await createCart(aws, directory, '--layers', arn);
    assert.deepEqual(made.Layers, [{ Arn: arn, CodeSize: published.Content.CodeSize }]);
    const { Layers } = await aws('list-layers', '--compatible-runtime', 'nodejs22.x');
    assert.equal(Layers[0].LatestMatchingVersion.LayerVersionArn, arn);
    assert.equal((await aws('get-layer-version-by-arn', '--arn', arn)).Version, 1);
    const version = [...tools, '--version-number', '1'];
    const everybody = ['--statement-id', 'all', '--action', 'lambda:GetLayerVersion', '--principal', '*'];
    const { Statement } = await aws('add-layer-version-permission', ...version, ...everybody);
    const { Policy } = await aws('get-layer-version-policy', ...version);
    assert.deepEqual(JSON.parse(Policy).Statement, [JSON.parse(Statement)]);
    await aws('delete-layer-version', ...version);
    assert.deepEqual(await aws('list-layer-versions', ...tools), { LayerVersions: [] });
  });
});

/** The CLI leaves out operations that answer with an event stream. */
const NOT_IN_CLI = ['InvokeWithResponseStream'];
const python = pythonWith('awscli.clidriver');

test('the AWS CLI makes every call as AWS SDK v3 does, and its model declares every answer', {
  skip: python ? false : 'no Python here can import awscli',
  timeout: 120_000,
}, async (context) => {
  const { client, current, outcomes } = await callByPython(python as string, 'compute_cli.py');
  context.diagnostic(`${client}: ${outcomes.length} commands`);
  assert.deepEqual(
    outcomes.filter(({ faults }) => faults.length > 0),
    [],
  );
  const unsent = outcomes.filter(({ outcome }) => outcome === 'client');
  assert.deepEqual(
    unsent.map(({ operation }) => operation),
    ['CreateFunction', 'PublishLayerVersion'],
    'only the CLI itself looks whether a zip file is one',
  );
  const unknown = new Set(outcomes.filter(({ outcome }) => outcome === 'unknown').map((o) => o.operation));
  if (current) assert.deepEqual([...unknown], NOT_IN_CLI);
  const expected = await callBySdk();
  const sent = (i: number) => !['client', 'unknown'].includes(outcomes[i]?.outcome ?? '');
  assert.deepEqual(
    outcomes
      .map(({ operation, outcome, status }) => ({ operation, outcome, status }))
      .filter((_, i) => sent(i)),
    expected.filter((_, i) => sent(i)),
  );
  const called = new Set(outcomes.map(({ operation }) => operation));
  assert.deepEqual([...called].sort(), OPERATIONS.map(({ name }) => name).sort());
});
