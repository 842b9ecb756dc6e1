/**
 * The process under test: the twin behind its door on a loopback port, which it tells its parent. Arguments: directory,
 * how many processes are booted in advance, and whether functions run in sandboxes (`auto` or `off`).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lambdaApi } from '../../src/doors/lambda/door.ts';
import { EmbeddedRuntime } from '../../src/engines/compute/embedded/runtime.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { CREDENTIALS, REGION } from './account.ts';

const runtime = await EmbeddedRuntime.open({
  directory: process.argv[2]!,
  region: REGION,
  accountId: '000000000000',
  functionUrl: (id) => `http://${id}.lambda-url.localhost/`,
  onInvocation() {},
  onLog() {},
  clock: systemClock,
  log: createLog('error'),
  parkedProcesses: Number(process.argv[3]),
  isolation: process.argv[4] === 'off' ? 'off' : 'auto',
});
const server = createServer(
  lambdaApi({ runtime, credentials: CREDENTIALS, region: REGION, clock: systemClock }),
);
process.once('disconnect', async () => {
  server.close();
  server.closeAllConnections();
  await runtime.close();
  process.exit();
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, isolation: runtime.isolation });
});
