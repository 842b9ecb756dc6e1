import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch } from './launch.ts';
import { type Generic, ParkedProcesses } from './parked.ts';
import type { EnvironmentProcess } from './process.ts';
import { Reaper } from './reaper.ts';

const directory = mkdtempSync(join(tmpdir(), 'upstack-parked-'));
const reaper = new Reaper();
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
  return { kind, command: process.execPath, arguments: ['-e', script] };
}

function launch(generic: Generic): Launch {
  return {
    ...generic,
    instance: 'i',
    channel: true,
    taskRoot: directory,
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

test('a parked process becomes what it is told, prints nothing of before, and leaves no files', async () => {
  const parked = new ParkedProcesses(1, reaper);
  const generic = program('a');
  assert.equal(parked.take(generic), undefined);
  const process = await taken(parked, generic);
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const exit = Promise.withResolvers<string | null>();
  process.become(launch(generic), '127.0.0.1:1', {
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

test('another kind takes the place of what is parked, and closing ends all of them', async () => {
  const parked = new ParkedProcesses(2, reaper);
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

test('a parked process that died is not handed out', async () => {
  const parked = new ParkedProcesses(1, reaper);
  const generic = { kind: 'short', command: process.execPath, arguments: ['-e', ''] };
  parked.prepare(generic);
  await sleep(1_000);
  assert.equal(parked.take(generic), undefined);
  await parked.close();
});

test('nothing is parked where no place is offered', async () => {
  const parked = new ParkedProcesses(0, reaper);
  parked.prepare(program('a'));
  await sleep(300);
  assert.equal(parked.take(program('a')), undefined);
  await parked.close();
});

test('a frozen process does nothing until it is thawed', async () => {
  const parked = new ParkedProcesses(1, reaper);
  const generic = program('a');
  const process = await taken(parked, generic);
  const lines: string[] = [];
  let next = Promise.withResolvers<void>();
  process.become(launch(generic), '127.0.0.1:1', {
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
