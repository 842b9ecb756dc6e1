import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_LINKED_FILES } from '../limits.ts';
import type { Generic, Launch } from './launch.ts';
import { ParkedProcesses } from './parked.ts';
import type { EnvironmentProcess } from './process.ts';
import { Reaper } from './reaper.ts';
import { NODE } from './sandbox/isolation.ts';
import { openSandbox } from './sandbox/sandbox.ts';

const directory = mkdtempSync(join(tmpdir(), 'upstack-parked-'));
const reaper = new Reaper();
const how = { reaper, sandbox: undefined };
const found = await openSandbox(join(directory, 'sandbox'));
const sandbox = 'around' in found ? found : undefined;
after(async () => {
  await reaper.close();
  rmSync(directory, { recursive: true });
});

/** A program that, once it is told what it is, prints that, and an answer to each line it then gets. */
function program(kind: string): Generic {
  const script = `
    process.stdout.write('');
    const channel = new (require('node:net').Socket)({ fd: 3 });
    channel.once('data', (order) => {
      const { variables } = JSON.parse(order);
      console.log('${kind} ' + variables.NAME);
      channel.on('data', (bytes) => console.log(String(bytes)));
    });`;
  return { kind, command: process.execPath, arguments: ['-e', script], storageMb: 512 };
}

function launch(generic: Generic): Launch {
  return {
    ...generic,
    instance: 'i',
    channel: true,
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:cart',
    sandboxed: false,
    codeDirectory: directory,
    taskRoot: directory,
    layersRoot: undefined,
    temporary: join(directory, 'tmp'),
    variables: { NAME: 'cart' },
    timeoutSeconds: 3,
    memoryMb: 128,
    initialization: 'on-demand',
  };
}

async function taken(parked: ParkedProcesses, generic: Generic): Promise<EnvironmentProcess> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(20)) {
    const process = parked.take(generic);
    if (process) return process;
  }
  throw new Error('nothing was parked');
}

test('a parked process becomes what it is told and prints nothing of before', async () => {
  const parked = new ParkedProcesses(1, directory, how);
  const generic = program('a');
  assert.equal(parked.take(generic), undefined);
  const process = await taken(parked, generic);
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const exit = Promise.withResolvers<string | null>();
  process.become(launch(generic), '127.0.0.1:1', undefined, {
    line: (line) => {
      lines.push(line);
      first.resolve();
    },
    missing: exit.reject,
    exited: (_, signal) => exit.resolve(signal),
  });
  await first.promise;
  assert.deepEqual(lines, ['a cart']);
  process.kill();
  assert.equal(await exit.promise, 'SIGKILL');
  await process.gone;
  await parked.close();
});

test('another kind of the same program takes the place of what is parked, and closing ends all of them', async () => {
  const parked = new ParkedProcesses(2, directory, how);
  const [a, b] = [program('a'), program('b')];
  const one = await taken(parked, a);
  const other = await taken(parked, b);
  assert.equal(parked.take(a), undefined);
  one.kill();
  other.kill();
  await Promise.all([one.gone, other.gone]);
  await taken(parked, a).then((process) => {
    process.kill();
    return process.gone;
  });
  await parked.close();
  assert.equal(parked.take(a), undefined);
});

test('each program has processes of its own', async () => {
  const parked = new ParkedProcesses(1, directory, how);
  const a = program('a');
  const b = { kind: 'b', command: '/bin/sh', arguments: ['-c', 'read -r order <&3'], storageMb: 512 };
  parked.prepare(a);
  const both = [await taken(parked, b), parked.take(a)];
  for (const process of both) {
    assert.ok(process);
    process.kill();
    await process.gone;
  }
  await parked.close();
});

test('a parked process that died is not handed out', async () => {
  const parked = new ParkedProcesses(1, directory, how);
  const generic = { kind: 'short', command: process.execPath, arguments: ['-e', ''], storageMb: 512 };
  parked.prepare(generic);
  await sleep(1_000);
  assert.equal(parked.take(generic), undefined);
  await parked.close();
});

test('nothing is parked where no place is offered', async () => {
  const parked = new ParkedProcesses(0, directory, how);
  parked.prepare(program('a'));
  await sleep(300);
  assert.equal(parked.take(program('a')), undefined);
  await parked.close();
});

test('a frozen process does nothing until it is thawed', async () => {
  const parked = new ParkedProcesses(1, directory, how);
  const generic = program('a');
  const process = await taken(parked, generic);
  const lines: string[] = [];
  let next = Promise.withResolvers<void>();
  process.become(launch(generic), '127.0.0.1:1', undefined, {
    line(line) {
      lines.push(line);
      next.resolve();
    },
    missing() {},
    exited() {},
  });
  await next.promise;
  next = Promise.withResolvers();
  process.freeze();
  process.channel?.write('awake?');
  await sleep(200);
  assert.deepEqual(lines, ['a cart']);
  process.thaw();
  await next.promise;
  assert.deepEqual(lines, ['a cart', 'awake?']);
  process.freeze();
  process.kill();
  await process.gone;
  await parked.close();
});

test('one that waits in a sandbox gets the code that it becomes, unless that has many files', {
  skip: 'reason' in found ? found.reason : false,
}, async () => {
  const slots = join(directory, 'slots');
  const parked = new ParkedProcesses(1, slots, { reaper, sandbox });
  const script = `
    const channel = new (require('node:net').Socket)({ fd: 3 });
    channel.once('data', () => console.log(require('node:fs').readdirSync('/var/task').length));`;
  const generic = { kind: 'boxed', command: NODE, arguments: ['-e', script], storageMb: 512 };
  const waiting = async () => {
    parked.prepare(generic);
    for (const end = performance.now() + 10_000; performance.now() < end; await sleep(20)) {
      if (readdirSync(directory).includes('slots') && readdirSync(slots).length > 0) return;
    }
    throw new Error('nothing was parked');
  };
  for (const files of [MAX_LINKED_FILES, MAX_LINKED_FILES + 1]) {
    const code = join(directory, `code-${files}`);
    mkdirSync(code);
    for (let n = 0; n < files; n++) writeFileSync(join(code, String(n)), '', { mode: 0o444 });
    await waiting();
    const printed = Promise.withResolvers<string>();
    const process = parked.start(
      { ...launch(generic), sandboxed: true, codeDirectory: code, taskRoot: '/var/task' },
      '127.0.0.1:1',
      {
        line: printed.resolve,
        missing: printed.reject,
        exited() {},
      },
    );
    assert.equal(await printed.promise, String(files));
    assert.equal(statSync(join(code, '0')).nlink, files === MAX_LINKED_FILES ? 2 : 1);
    process.kill();
    await process.gone;
    assert.equal(statSync(join(code, '0')).nlink, 1);
  }
  await parked.close();
  assert.deepEqual(readdirSync(slots), []);
});
