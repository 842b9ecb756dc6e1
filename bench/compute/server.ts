/**
 * The process under test: the twin behind its door on a loopback port. It sends the port to its parent, and its memory
 * on request. Arguments: directory, number of pre-warmed processes, isolation (`auto` or `off`).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lambdaRoutes } from '../../lambda/src/http/routes.ts';
import { EmbeddedRuntime } from '../../lambda/src/runtime.ts';
import { HttpDoor } from '../../src/doors/http/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { CREDENTIALS, REGION } from './account.ts';

const log = createLog('error');
const runtime = await EmbeddedRuntime.open({
  directory: process.argv[2]!,
  region: REGION,
  accountId: '000000000000',
  functionUrl: (id) => `http://${id}.lambda-url.localhost/`,
  onInvocation() {},
  onLog() {},
  clock: systemClock,
  log,
  parkedProcesses: Number(process.argv[3]),
  isolation: process.argv[4] === 'off' ? 'off' : 'auto',
});
const origins = { hosts: [] };
const door = await HttpDoor.open({ host: '127.0.0.1', port: 0, origins, log });
const signed = { credentials: CREDENTIALS, region: REGION, clock: systemClock };
await door.serve(lambdaRoutes({ runtime, origins, ...signed }), () => {});
process.on('message', (question) => {
  if (question === 'memory') process.send?.(memory());
});
process.once('disconnect', async () => {
  await door.close();
  await runtime.close();
  process.exit();
});
process.send?.({ port: door.port, isolation: runtime.isolation });

/** Bytes, after a garbage collection. */
function memory(): { heapUsed: number; rss: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss };
}
