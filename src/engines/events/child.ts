/**
 * The events child hosts the embedded engine in a process of its own, so that its memory use and crashes do not affect
 * the control room. `twin.ts` starts it with an IPC channel, sends directory and token, and receives the port. When the
 * channel closes, the control room has ended and the child exits immediately; acknowledged data are on disk.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChildMessage, ChildOrder } from './child-protocol.ts';
import { requestHandler } from './http.ts';
import { loadNative, type Native } from './native.ts';
import { Sessions } from './sessions.ts';

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (order: ChildOrder) => (order.kind === 'open' ? open(order) : close()));

let sessions: Sessions | undefined;

function open({ directory, configFile, token }: Extract<ChildOrder, { kind: 'open' }>): void {
  let native: Native;
  try {
    native = loadNative();
  } catch (error) {
    tell({ kind: 'failed', reason: 'no-library', message: (error as Error).message });
    return;
  }
  try {
    sessions = new Sessions(native, directory, configFile);
  } catch (error) {
    const message = (error as Error).message;
    const reason = /lock/i.test(message) ? 'locked' : 'broken';
    tell({ kind: 'failed', reason, message });
    return;
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, requestHandler(sessions, token));
  server.listen(0, '127.0.0.1', () => tell({ kind: 'ready', port: (server.address() as AddressInfo).port }));
}

function close(): void {
  sessions?.close();
  process.kill(process.pid, 'SIGKILL');
}

function tell(message: ChildMessage): void {
  process.send?.(message);
}
