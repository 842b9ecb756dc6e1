import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { zipOf } from './compute-support.ts';
import { CREDENTIALS, openTwin, REGION, ROLE } from './compute-twin.ts';

const run = promisify(execFile);

/** Why the test is skipped, or false: an `aws` that is on the path but does not start does not count. */
function noCli(): string | false {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return false;
  } catch {
    return 'no AWS CLI here: "aws --version" does not work';
  }
}

test('the AWS CLI deploys, waits, invokes, routes and deletes', {
  skip: noCli(),
  timeout: 120_000,
}, async () => {
  const twin = await openTwin();
  const directory = await mkdtemp(join(tmpdir(), 'upstack-cli-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
  };
  const aws = async (...words: string[]) => {
    const { stdout } = await run(
      'aws',
      ['--endpoint-url', twin.endpoint, '--output', 'json', 'lambda', ...words],
      { env },
    );
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  try {
    const zip = join(directory, 'code.zip');
    const code = 'exports.handler = async (event) => ({ colour: "green", event });';
    await writeFile(zip, zipOf({ 'index.js': code }));
    const made = await aws(
      'create-function',
      '--function-name',
      'cart',
      '--runtime',
      'nodejs22.x',
      '--handler',
      'index.handler',
      '--role',
      ROLE,
      '--zip-file',
      `fileb://${zip}`,
    );
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
  } finally {
    await rm(directory, { recursive: true });
    await twin.close();
  }
});
