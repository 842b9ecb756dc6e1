/**
 * Invokes a function as often as it can, four at a time, in a process of its own: `invoker.ts <port> <function>`. The
 * caller's keys are in the standard AWS variables. Sends `started` to its parent, and how many invocations were answered
 * when it is sent any message, each time.
 */
import { Connection } from '../../bench/compute/connection.ts';
import { invocations } from '../../bench/compute/requests.ts';

const CONNECTIONS = 4;
const [port = '', name = ''] = process.argv.slice(2);
const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const credentials = {
  accessKeyId: AWS_ACCESS_KEY_ID as string,
  secretAccessKey: AWS_SECRET_ACCESS_KEY as string,
};
// Signatures hold for 15 minutes, and the same request may come as often as it likes.
const [request] = await invocations(Number(port), name, 1, {}, { region, credentials });
let answered = 0;

async function invokeOn(connection: Connection): Promise<never> {
  for (;;) {
    await connection.exchange(request as Buffer);
    answered++;
  }
}

const connections = await Promise.all(
  Array.from({ length: CONNECTIONS }, () => Connection.open(Number(port))),
);
process.on('message', () => process.send?.(answered));
process.once('disconnect', () => process.exit());
process.send?.('started');
await Promise.all(connections.map(invokeOn));
