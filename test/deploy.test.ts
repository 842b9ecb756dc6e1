/** What `upstack deploy` makes of directories, against the twin. */
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fixture } from '../lambda/test/applications/application.ts';
import { CREDENTIALS, openTwin, REGION, type Twin } from '../lambda/test/support/twin.ts';
import { type DeployOptions, deployDirectory } from '../src/doors/cli/deploy.ts';
import { openCompute } from '../src/engines/compute/aws.ts';
import type { ComputeEngine } from '../src/engines/compute/engine.ts';

let twin: Twin;
let compute: ComputeEngine;
let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'upstack-deploy-'));
  twin = await openTwin();
  compute = openCompute({ endpoint: twin.endpoint, region: REGION, credentials: CREDENTIALS });
});
after(async () => {
  await compute.close();
  await twin.close();
  await rm(root, { recursive: true });
});

async function directoryWith(name: string, files: Record<string, string>): Promise<string> {
  const directory = join(root, name);
  await mkdir(directory);
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
  return directory;
}

const evidence = () => join(root, 'evidence');
const deploy = (directory: string, options: DeployOptions = {}) =>
  deployDirectory({ compute, environment: {}, evidence: evidence() }, directory, options);

async function answerOf(name: string, event: unknown): Promise<{ value: never; failed: boolean }> {
  const Payload = Buffer.from(JSON.stringify(event));
  const { payload, functionError } = await compute.invoke({ name, qualifier: 'live', payload: Payload });
  return { value: JSON.parse(Buffer.from(payload).toString()) as never, failed: functionError !== undefined };
}

test('a Node function is deployed with its evidence, and again without change', async () => {
  const directory = await directoryWith('twice', {
    'index.ts': 'export const handler = async ({ n }: { n: number }): Promise<number> => 2 * n;\n',
  });
  const first = await deploy(directory);
  assert.deepEqual([first.version, first.previous, first.changed], ['1', null, true]);
  assert.deepEqual(await answerOf('twice', { n: 21 }), { value: 42, failed: false });
  const { codeSha256 } = await compute.getFunction('twice');
  assert.equal(first.evidence, join(evidence(), 'twice', Buffer.from(codeSha256, 'base64').toString('hex')));
  assert.deepEqual((await readdir(first.evidence)).sort(), ['index.mjs.map', 'metafile.json']);
  const { inputs } = JSON.parse(await readFile(join(first.evidence, 'metafile.json'), 'utf8'));
  assert.deepEqual(Object.keys(inputs), ['index.ts']);
  const again = await deploy(directory);
  assert.deepEqual([again.version, again.changed, again.evidence], ['1', false, first.evidence]);
  await writeFile(join(directory, 'index.ts'), 'export const handler = async () => 1;\n');
  const changed = await deploy(directory);
  assert.deepEqual([changed.version, changed.previous], ['2', '1']);
  assert.notEqual(changed.evidence, first.evidence);
});

test('with the source map in the package, traces name the sources', async () => {
  const directory = await directoryWith('mapped', {
    'index.ts': `interface Order {
  cents: number;
}

export const handler = async (order: Order) => {
  if (order.cents < 0) throw new RangeError('less than nothing');
  return order;
};
`,
  });
  const traceOf = async () => {
    const { value, failed } = await answerOf('mapped', { cents: -1 });
    assert.ok(failed);
    return (value as { trace: string[] }).trace.join('\n');
  };
  await deploy(directory);
  assert.match(await traceOf(), /index\.mjs:\d+/);
  await deploy(directory, { sourceMap: true });
  assert.match(await traceOf(), /index\.ts:6:/);
});

test('a Python function is deployed as it is', async () => {
  const directory = await directoryWith('prices', {
    'main.py': 'from table import TEA\n\n\ndef handler(event, context):\n    return TEA * event["n"]\n',
    'table.py': 'TEA = 450\n',
  });
  const first = await deploy(directory);
  assert.equal(first.evidence, null);
  const { runtime, handler, codeSha256 } = await compute.getFunction('prices');
  assert.deepEqual([runtime, handler], ['python3.14', 'main.handler']);
  assert.deepEqual(await answerOf('prices', { n: 2 }), { value: 900, failed: false });
  await mkdir(join(directory, '__pycache__'));
  await writeFile(join(directory, '__pycache__/main.cpython-314.pyc'), 'cache');
  assert.equal((await deploy(directory)).changed, false);
  assert.equal((await compute.getFunction('prices')).codeSha256, codeSha256);
});

test('a directory with a bootstrap is deployed as a custom runtime', async () => {
  const directory = join(root, 'bash');
  await cp(fixture('bash'), directory, { recursive: true });
  await chmod(join(directory, 'bootstrap'), 0o755);
  await deploy(directory, { handler: 'function.handler' });
  const { runtime } = await compute.getFunction('bash');
  assert.equal(runtime, 'provided.al2023');
  const { value } = await answerOf('bash', { n: 1 });
  assert.deepEqual(value, { event: { n: 1 }, files: 'bootstrap function.sh' });
});
