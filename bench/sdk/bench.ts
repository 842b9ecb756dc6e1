/** The cost of the SDK: per warm invocation, of the import, and of writing records. The peer is middy, the smallest widely used wrapper. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { FUNCTION_NAME, LeaseServer } from '../../sdk/testing/lease-server.ts';
import { type Bench, median, type Row } from '../row.ts';

const IMPORTS = 31;
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PEER_ENTRY = import.meta.resolve('@middy/core');
const PEER = `middy ${JSON.parse(readFileSync(new URL('package.json', PEER_ENTRY), 'utf8')).version}`;

interface Measured {
  calls: Record<string, number[]>;
  flushes: number[];
  single: Record<'bare' | 'wrapped', number[]>;
}

export const bench: Bench = async (progress) => {
  const folder = await mkdtemp(join(tmpdir(), 'upstack-bench-'));
  try {
    const sdk = join(folder, 'sdk.mjs');
    const peer = join(folder, 'middy.mjs');
    const empty = join(folder, 'empty.mjs');
    progress('bundling');
    await bundle(here('../../sdk/src/index.ts'), sdk);
    await bundle(fileURLToPath(PEER_ENTRY), peer);
    await writeFile(empty, 'export {};\n');
    progress('invocations');
    const rows = invocationRows(await invocations(sdk, peer));
    rows.push(...(await importRows({ sdk, peer, empty }, progress)));
    const [own, other] = [(await stat(sdk)).size / 1024, (await stat(peer)).size / 1024];
    rows.push({ case: 'bundle', value: own, unit: 'KB minified', versus: PEER, ratio: own / other });
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
}

/** Runs the measuring process against a control room whose lease selects nobody. */
async function invocations(sdk: string, peer: string): Promise<Measured> {
  const server = await LeaseServer.start();
  server.arm({ share: 0, ttlMs: 10_000 });
  const env = { ...process.env, ...server.env, AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME };
  const child = fork(here('invocations.ts'), [sdk, peer, server.url], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const failed = once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the measuring process exited (${code})`)),
    );
    const [measured] = (await Promise.race([once(child, 'message'), failed])) as [Measured];
    failed.catch(() => {});
    return measured;
  } finally {
    child.kill();
    await server.stop();
  }
}

function invocationRows({ calls, flushes, single }: Measured): Row[] {
  const bare = median(calls.bare ?? []);
  const added = (name: string) => median(calls[name] ?? []) - bare;
  const peer = added('middy, no middleware');
  const rows: Row[] = Object.keys(calls)
    .filter((name) => name !== 'bare')
    .map((name) => ({
      case: name,
      value: added(name),
      unit: 'us added per invocation',
      versus: name.startsWith('middy') ? 'bare handler (total)' : PEER,
      ratio: name.startsWith('middy') ? (added(name) + bare) / bare : added(name) / peer,
    }));
  rows.unshift({
    case: 'bare handler',
    value: bare,
    unit: 'us per invocation',
    versus: '',
    ratio: undefined,
  });
  const alone = median(single.wrapped) - median(single.bare);
  rows.push(
    {
      case: 'write a record afterwards, batches of 1000',
      value: median(flushes),
      unit: 'us per record',
      versus: '',
      ratio: undefined,
    },
    {
      case: 'total cost, one invocation per turn',
      value: alone,
      unit: 'us added per invocation',
      versus: '',
      ratio: undefined,
    },
  );
  return rows;
}

async function importRows(
  files: { sdk: string; peer: string; empty: string },
  progress: (text: string) => void,
): Promise<Row[]> {
  const wrap = `const { withUpstack } = await import('${pathToFileURL(files.sdk).href}'); withUpstack(async () => {});`;
  const scripts = {
    empty: `await import('${pathToFileURL(files.empty).href}');`,
    sdk: `await import('${pathToFileURL(files.sdk).href}');`,
    wrap,
    peer: `await import('${pathToFileURL(files.peer).href}');`,
  };
  const times: Record<keyof typeof scripts, number[]> = { empty: [], sdk: [], wrap: [], peer: [] };
  for (let i = 0; i < IMPORTS; i++) {
    progress(`imports ${i + 1}/${IMPORTS}`);
    for (const name of Object.keys(scripts) as (keyof typeof scripts)[])
      times[name].push(await timeOf(scripts[name]));
  }
  const empty = median(times.empty);
  const row = (name: string, value: number): Row => ({
    case: name,
    value,
    unit: 'ms',
    versus: 'an empty module',
    ratio: value / empty,
  });
  return [
    row('import', median(times.sdk)),
    row('import and withUpstack', median(times.wrap)),
    row(`import ${PEER}`, median(times.peer)),
  ];
}

/** Milliseconds to run a module's source in a fresh process, after the Node modules that every Lambda runtime loads. */
async function timeOf(source: string): Promise<number> {
  const timed = `process.getBuiltinModule('node:http'); const from = performance.now(); ${source} const ms = performance.now() - from; console.log(ms); process.exit();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', timed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child, 'close');
  return Number(output);
}
