import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Subscription } from './subscription.ts';

/** Where an extension listens for telemetry. */
export interface TelemetryDestination {
  /** Sends events, each in JSON, in their order. Rejects when the listener did not take them. */
  deliver(events: readonly string[]): Promise<void>;
  /** Breaks off what is under way. */
  close(): void;
}

const HOST = '127.0.0.1';

export function telemetryDestination({
  protocol,
  port,
  path,
}: Subscription['destination']): TelemetryDestination {
  return protocol === 'HTTP' ? httpDestination(port, path) : tcpDestination(port);
}

/** A POST of a JSON array, which the listener acknowledges by a status below 400. */
function httpDestination(port: number, path: string): TelemetryDestination {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    deliver: (events) =>
      new Promise((resolve, reject) => {
        const body = Buffer.from(`[${events.join(',')}]`);
        const headers = { 'content-type': 'application/json', 'content-length': body.length };
        const sending = request({ host: HOST, port, path, method: 'POST', headers, agent }, (answer) => {
          const status = answer.statusCode ?? 0;
          answer.resume().on('error', reject);
          answer.on('end', () => (status < 400 ? resolve() : reject(new Error(`status ${status}`))));
        });
        sending.on('error', reject);
        sending.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** One line for each event on a connection that stays open; what is written counts as taken. */
function tcpDestination(port: number): TelemetryDestination {
  let socket: Socket | undefined;
  const open = (): Socket => {
    const opened = connect({ host: HOST, port });
    // What goes wrong is told to the write that fails.
    opened.on('error', () => {});
    opened.once('close', () => {
      if (socket === opened) socket = undefined;
    });
    return opened;
  };
  return {
    deliver: (events) =>
      new Promise((resolve, reject) => {
        socket ??= open();
        socket.write(`${events.join('\n')}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => socket?.destroy(),
  };
}
