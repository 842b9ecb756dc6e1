/** `upstack start`: runs a control room until it is told to stop. */
import { styleText } from 'node:util';
import type { Config } from './config.ts';
import { type ControlRoom, openControlRoom } from './control-room.ts';

/** Starts, says where to look, and resolves when SIGINT or SIGTERM has stopped it. A second signal ends it at once. */
export async function runControlRoom(config: Config, version: string): Promise<void> {
  const since = performance.now();
  const stopped = stopSignal();
  const room = await openControlRoom(config, version);
  const demo = config.demo ? await startDemo(config, room) : undefined;
  room.markStarted();
  say(
    `\n${styleText('bold', 'Upstack')} ${version} is ready after ${((performance.now() - since) / 1000).toFixed(1)} s`,
  );
  say(`  dashboard  ${styleText('cyan', `${room.url}/#token=${room.keys.token}`)}`);
  say(`  data       ${config.directory}`);
  if (room.isolation) say(`  isolation  ${room.isolation}`);
  for (const line of demo?.hints ?? []) say(`  ${line}`);
  demo?.begin();
  await stopped;
  say('stopping');
  try {
    await demo?.stop();
  } finally {
    await room.close();
  }
}

async function startDemo(config: Config, room: ControlRoom) {
  const { openDemo } = await import('./demo.ts');
  try {
    return await openDemo(config, room, say);
  } catch (error) {
    process.stderr.write(`upstack: the demo did not start: ${(error as Error).message}\n`);
    return undefined;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      let asked = false;
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}
