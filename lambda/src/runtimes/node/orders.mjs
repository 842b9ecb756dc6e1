// What this process is to be. Started by its name, it finds that in its environment; booted before anybody knew, it is
// told in the first line on the channel to the control room, descriptor 3, which carries the Runtime API afterwards.
import Module from 'node:module';
import { Socket } from 'node:net';
import { ChannelApi } from './channel-api.mjs';

/** Resolves to the Runtime API, with environment and working directory as they are to be. `lost` is called at its end. */
export async function takeOrders(lost) {
  // Functions see what they see on Lambda: the program and its runtime client.
  const [how] = process.argv.splice(2);
  if (how !== 'channel') {
    // What boots in advance has no use for it.
    const { AddressApi } = await import('./address-api.mjs');
    return new AddressApi(process.env.AWS_LAMBDA_RUNTIME_API, lost);
  }
  const channel = new Socket({ fd: 3, readable: true, writable: true });
  channel.on('error', () => {});
  channel.on('close', lost);
  const { directory, variables } = JSON.parse(await firstLine(channel));
  Object.assign(process.env, variables);
  process.chdir(directory);
  // Node read it when it started.
  if (variables.NODE_PATH !== undefined) Module._initPaths();
  return new ChannelApi(channel);
}

/** Nothing follows it until it has been answered. */
function firstLine(socket) {
  return new Promise((resolve) => {
    const parts = [];
    const read = (part) => {
      parts.push(part);
      if (part.at(-1) !== 0x0a) return;
      socket.off('data', read);
      resolve(Buffer.concat(parts).toString('utf8'));
    };
    socket.on('data', read);
  });
}
