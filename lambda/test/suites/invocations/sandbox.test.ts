/** What a function sees, and does not see, in the sandbox that the twin gives it where bubblewrap works. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  type CreateFunctionCommandInput,
  GetFunctionConfigurationCommand,
  InvokeCommand,
} from '@aws-sdk/client-lambda';
import { FunctionsMade, json, zipOf } from '../../support/functions-made.ts';
import { openTwin, type Twin } from '../../support/twin.ts';
import { until } from '../../support/until.ts';

const opened = new Set<Twin>();
const twin = await open();
const made = new FunctionsMade(twin);
after(() => Promise.all([...opened].map(close)));
const skip = twin.isolation.startsWith('none') ? twin.isolation : false;

/** Errors by path of what a function tries there. */
type Tried = Record<string, string>;

/** Closed at the end, whatever happens until then. */
async function open(options: Parameters<typeof openTwin>[0] = {}): Promise<Twin> {
  const room = await openTwin(options);
  opened.add(room);
  return room;
}

async function close(room: Twin): Promise<void> {
  if (opened.delete(room)) await room.close();
}

async function run(FunctionName: string, event: unknown = {}) {
  const Payload = Buffer.from(JSON.stringify(event));
  const answer = await twin.client.send(new InvokeCommand({ FunctionName, Payload }));
  return { value: json(answer.Payload) as never, failed: answer.FunctionError !== undefined };
}

async function runOnce(code: string, event: unknown = {}, more: Partial<CreateFunctionCommandInput> = {}) {
  return await run(await made.make(code, { Timeout: 20, ...more }), event);
}

/** Processes of this machine whose command line has the text. */
function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const TRY_TO_WRITE = `const fs = require('node:fs');
exports.handler = async (paths) => Object.fromEntries(paths.map((path) => {
  try { fs.writeFileSync(path, 'x'); return [path, 'written']; } catch (error) { return [path, error.code]; }
}));`;

describe('a sandbox', { skip }, () => {
  test('has the directories of Lambda, and only /tmp can be written to', async () => {
    const { value } = await runOnce(
      `const { env } = process; const fs = require('node:fs'); const os = require('node:os');
       exports.handler = async () => [process.cwd(), env.LAMBDA_TASK_ROOT, env.LAMBDA_RUNTIME_DIR, __filename,
         process.execPath, process.getuid(), os.userInfo().username, os.hostname(), os.tmpdir(), env.TMPDIR ?? null,
         fs.readdirSync('/opt')];`,
    );
    assert.deepEqual(value, [
      '/var/task',
      '/var/task',
      '/var/runtime',
      '/var/task/index.js',
      '/var/lang/bin/node',
      993,
      'sbx_user1051',
      'sandbox',
      '/tmp',
      null,
      [],
    ]);
    const paths = [
      '/var/task/index.js',
      '/var/task/new',
      '/opt/new',
      '/new',
      '/dev/shm/new',
      '/usr/new',
      '/tmp/new',
    ];
    const tried: Tried = (await runOnce(TRY_TO_WRITE, paths)).value;
    const refusals = paths.map((path) => tried[path]);
    assert.deepEqual(refusals, [...Array(6).fill('EROFS'), 'written']);
  });

  test('does not show the files of the control room, other functions, or other processes', async () => {
    const other = await made.make('exports.handler = async () => "secret";');
    await run(other);
    const { value } = await runOnce(
      `const fs = require('node:fs');
       exports.handler = async (paths) => [paths.filter((path) => fs.existsSync(path)), fs.readdirSync('/var/task'),
         fs.readdirSync('/tmp'), fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length];`,
      [twin.directory, import.meta.filename, '/etc/shadow', '/etc/ssl/private'],
    );
    assert.deepEqual(value, [[], ['index.js'], [], 2]);
  });

  test('gives no rights over the machine', async () => {
    const { value } = await runOnce(
      `const fs = require('node:fs'); const { spawnSync } = require('node:child_process');
       const may = (path) => { try { fs.accessSync(path, fs.constants.W_OK); return true; } catch { return false; } };
       exports.handler = async () => [
         /CapEff:\\t0{16}\\n/.test(fs.readFileSync('/proc/self/status', 'utf8')),
         ['/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/vm/swappiness'].filter(may),
         spawnSync('mount', ['-o', 'remount,rw', '/var/task']).status === 0,
       ];`,
    );
    assert.deepEqual(value, [true, [], false]);
  });

  test('reaches the network: the control room by its address, itself by the names that Lambda has', async () => {
    const { value } = await runOnce(
      `const dns = require('node:dns').promises;
       exports.handler = async (address) => [(await fetch(address)).status >= 400,
         (await dns.lookup('sandbox')).address, (await dns.lookup('sandbox.localdomain')).address];`,
      twin.endpoint,
    );
    assert.deepEqual(value, [true, '127.0.0.1', '127.0.0.1']);
  });

  test('a function that fills /tmp gets ENOSPC at the size that was configured, and nobody else notices', async () => {
    const code = `const fs = require('node:fs');
      exports.handler = async ({ mb }) => {
        const block = Buffer.alloc(1 << 20, 1);
        const file = fs.openSync('/tmp/file', 'w');
        let written = 0;
        try { for (; written < mb; written++) fs.writeSync(file, block); } catch (error) { return [written, error.code]; }
        finally { fs.closeSync(file); fs.rmSync('/tmp/file'); }
        return [written, 'all'];
      };`;
    const larger = await made.make(code, { Timeout: 60, EphemeralStorage: { Size: 520 } });
    const { EphemeralStorage } = await twin.client.send(
      new GetFunctionConfigurationCommand({ FunctionName: larger }),
    );
    assert.deepEqual(EphemeralStorage, { Size: 520 });
    const other = await made.make(code, { Timeout: 60 });
    const [full, beside] = await Promise.all([run(larger, { mb: 600 }), run(other, { mb: 20 })]);
    assert.deepEqual(
      [full.value, beside.value],
      [
        [520, 'ENOSPC'],
        [20, 'all'],
      ],
    );
    assert.deepEqual((await run(larger, { mb: 20 })).value, [20, 'all'], 'in the same environment');
    assert.deepEqual((await run(other, { mb: 600 })).value, [512, 'ENOSPC']);
  });

  test('says how a process ended as without a sandbox', async () => {
    const name = await made.make('exports.handler = async (how) => eval(how);', { Timeout: 20 });
    for (const [how, end] of [
      ['process.exit(3)', 'exit status 3'],
      ['process.kill(process.pid, "SIGKILL")', 'signal: killed'],
      ['process.abort()', 'signal: aborted'],
      ['process.exit(0)', 'Runtime exited without providing a reason'],
    ] as const) {
      const { errorType, errorMessage } = (await run(name, how)).value as Record<string, string>;
      assert.equal(errorType, 'Runtime.ExitError');
      assert.ok(errorMessage?.endsWith(end), errorMessage);
    }
  });

  test('a package without a bootstrap says so, one with a bootstrap runs at its place', async () => {
    const Runtime = 'provided.al2023';
    const empty = await runOnce('', {}, { Runtime, Code: { ZipFile: zipOf({ readme: '' }) } });
    const { errorType, errorMessage } = empty.value as Record<string, string>;
    assert.equal(errorType, 'Runtime.InvalidEntrypoint');
    assert.match(errorMessage ?? '', /Couldn't find valid bootstrap\(s\): \[\/var\/task\/bootstrap\]$/);
  });

  test('a package with too many files for a sandbox booted in advance gets one of its own', async () => {
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`data/${n}.txt`, String(n)]));
    const index = 'exports.handler = async () => require("node:fs").readdirSync("/var/task/data").length;';
    const ZipFile = zipOf({ ...files, 'index.js': index });
    assert.equal((await runOnce('', {}, { Code: { ZipFile } })).value, 250);
  });

  test('variables of the loader reach the function, and their files are those of the sandbox', async () => {
    const { value } = await runOnce(
      'exports.handler = async () => [process.env.LD_LIBRARY_PATH, process.env.COLOUR];',
      {},
      { Environment: { Variables: { LD_LIBRARY_PATH: '/var/task/lib', COLOUR: 'green' } } },
    );
    assert.deepEqual(value, ['/var/task/lib', 'green']);
  });

  const PARENT = `const { spawn } = require('node:child_process');
    exports.handler = async ({ mark, wait }) => {
      process.title = mark;
      spawn('sleep', ['1000'], { stdio: 'ignore', argv0: mark });
      spawn('sleep', ['1000'], { stdio: 'ignore', argv0: mark, detached: true });
      if (wait) await new Promise(() => {});
    };`;

  test('a timeout ends everything in it, also what left its process group, and the next invocation works', async () => {
    const mark = `upstack-timeout-${process.pid}`;
    const name = await made.make(PARENT, { Timeout: 1 });
    const { value, failed } = await run(name, { mark, wait: true });
    assert.match((value as Record<string, string>).errorMessage ?? '', /Task timed out after 1\.00 seconds$/);
    assert.equal(failed, true);
    await until('all its processes are gone', () => processesWith(mark).length === 0);
    assert.equal((await run(name, { mark })).failed, false);
    assert.equal(processesWith(mark).length, 3);
  });

  test('closing ends frozen environments with everything in them', async () => {
    const mark = `upstack-frozen-${process.pid}`;
    const room = await open();
    const own = new FunctionsMade(room);
    const FunctionName = await own.make(PARENT);
    const Payload = Buffer.from(JSON.stringify({ mark }));
    await room.client.send(new InvokeCommand({ FunctionName, Payload }));
    const pids = processesWith(mark);
    assert.equal(pids.length, 3);
    await until('it is frozen', () =>
      pids.some((pid) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))),
    );
    await close(room);
    assert.deepEqual(processesWith(mark), []);
  });

  test('a killed control room leaves no process behind, even one that is stuck in a loop', async () => {
    const mark = `upstack-stuck-${process.pid}`;
    const directory = await mkdtemp(join(tmpdir(), 'upstack-killed-'));
    const room = await open({ directory });
    const own = new FunctionsMade(room);
    const FunctionName = await own.make(
      `exports.handler = async ({ mark }) => { process.title = mark; for (;;); };`,
      { Timeout: 60 },
    );
    await close(room);
    const invocation = { FunctionName, Payload: JSON.stringify({ mark }) };
    const program = `
      import { InvokeCommand } from ${JSON.stringify(import.meta.resolve('@aws-sdk/client-lambda'))};
      import { openTwin } from ${JSON.stringify(import.meta.resolve('../../support/twin.ts'))};
      const twin = await openTwin({ directory: ${JSON.stringify(directory)} });
      await twin.client.send(new InvokeCommand(${JSON.stringify(invocation)}));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('the function runs', () => processesWith(mark).some((pid) => pid !== child.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('no function runs', () => processesWith(mark).length === 0);
    await rm(directory, { recursive: true });
  });
});

test('without isolation functions run where their code is', async () => {
  const plain = await open({ isolation: 'off' });
  assert.equal(plain.isolation, 'none: it was switched off');
  const own = new FunctionsMade(plain);
  const FunctionName = await own.make('exports.handler = async () => process.cwd();');
  const { Payload } = await plain.client.send(new InvokeCommand({ FunctionName }));
  assert.ok((json(Payload) as string).startsWith(plain.directory));
});
