import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { BusyPoll } from '../invocations/busy-poll.ts';
import type { Launch } from '../processes/launch.ts';
import { EnvironmentProcess } from '../processes/process.ts';
import { Reaper } from '../processes/reaper.ts';
import { Environment } from './environment.ts';

const directory = mkdtempSync(join(tmpdir(), 'upstack-environment-'));
const reaper = new Reaper();
after(async () => {
  await reaper.close();
  rmSync(directory, { recursive: true });
});

/** A runtime and two external extensions that do nothing by themselves. */
function launch(): Launch {
  const layersRoot = join(directory, 'opt');
  mkdirSync(join(layersRoot, 'extensions'), { recursive: true });
  for (const name of ['first', 'second']) {
    writeFileSync(join(layersRoot, 'extensions', name), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  }
  return {
    instance: 'i',
    command: '/bin/sleep',
    arguments: ['60'],
    channel: false,
    kind: undefined,
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:cart',
    sandboxed: false,
    codeDirectory: directory,
    taskRoot: directory,
    layersRoot,
    storageMb: 512,
    temporary: join(directory, 'tmp'),
    variables: {},
    timeoutSeconds: 10,
    memoryMb: 128,
    initialization: 'on-demand',
  };
}

test('an extension that registers after another has failed starts no runtime', async () => {
  const started: { command: string; process: EnvironmentProcess }[] = [];
  const ended = Promise.withResolvers<void>();
  let address = '';
  const environment = new Environment({
    busyPoll: new BusyPoll(),
    launch: launch(),
    clock: systemClock,
    process(how, at, events) {
      address = at;
      const process = EnvironmentProcess.start(how, at, { reaper, sandbox: undefined }, events);
      started.push({ command: how.command, process });
      return process;
    },
    events: { idle() {}, ended: () => ended.resolve(), line() {} },
  });
  await environment.start();
  const call = (path: string, headers: Record<string, string>, body: object, method = 'POST') =>
    fetch(`http://${address}${path}`, { method, headers, body: JSON.stringify(body) });
  const register = (name: string) =>
    call('/2020-01-01/extension/register', { 'lambda-extension-name': name }, { events: ['SHUTDOWN'] });
  const first = await register('first');
  // Nobody listens there, so telling it the end takes its time.
  const destination = { protocol: 'HTTP', URI: 'http://sandbox.localdomain:1' };
  const identified = {
    'lambda-extension-identifier': first.headers.get('lambda-extension-identifier') ?? '',
  };
  const subscription = { schemaVersion: '2022-12-13', types: ['platform'], destination };
  assert.equal((await call('/2022-07-01/telemetry', identified, subscription, 'PUT')).status, 200);
  started.find(({ command }) => command.endsWith('first'))?.process.kill();
  await ended.promise;
  await register('second').catch(() => {});
  await environment.close();
  assert.deepEqual(started.map(({ command }) => command.replace(/.*\//, '')).sort(), ['first', 'second']);
  assert.deepEqual(
    started.map(({ process }) => process.alive),
    [false, false],
  );
});
