/**
 * The process under test: the twin on a loopback port. It sends the port to its parent, and its memory on request.
 * Arguments: directory, number of pre-warmed processes, isolation (`auto` or `off`).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { listen } from '../../../lambda/src/http/server.ts';
import { open } from '../../../lambda/src/lambda.ts';
import { CREDENTIALS, REGION } from '../account.ts';

const server = await listen(0);
const twin = await open({
  directory: process.argv[2]!,
  region: REGION,
  accountId: '000000000000',
  credentials: CREDENTIALS,
  functionUrl: (id) => `http://${id}.lambda-url.localhost/`,
  parkedProcesses: Number(process.argv[3]),
  isolation: process.argv[4] === 'off' ? 'off' : 'auto',
});
server.serve(twin);
process.on('message', (question) => {
  if (question === 'memory') process.send?.(memory());
});
process.once('disconnect', async () => {
  await server.close();
  await twin.close();
  process.exit();
});
process.send?.({ port: server.port, isolation: twin.isolation });

/** Bytes, after a garbage collection. */
function memory(): { heapUsed: number; rss: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss };
}
