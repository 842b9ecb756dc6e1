import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How a request begins. */
interface RequestStart {
  method: string;
  /** Path and query as sent. */
  target: string;
  host: string;
}

/**
 * A route that reads and writes its connections itself, below the web server: for a path on which node:http would cost
 * as much as the work.
 */
export interface SocketRoute {
  takes(start: RequestStart): boolean;
  /**
   * Serves the connection from `first` on. Whenever another request begins, asks `keeps` with its first bytes: when the
   * answer is no, the connection has been given to the web server and must be left alone.
   */
  serve(socket: Socket, first: Buffer, keeps: (first: Buffer) => boolean): void;
}

interface Routed {
  route: SocketRoute;
  /** The request up to the line of its Host. */
  start: Buffer;
}

/** A start that is longer, or comes in pieces, is the web server's. */
const MAX_HEAD_BYTES = 8_192;
const START = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.1\r\n(?:.*\r\n)*?host: *([^\s,]+)\r\n/i;

/** Reads the first bytes of each connection and hands it to a route, or to the web server for good. */
export class SocketRouter {
  #server: Server;
  #speakHttp: (socket: Socket) => void;
  #idleMs: number;
  #routes: readonly SocketRoute[];
  /** Connections that are not the web server's. */
  #sockets = new Set<Socket>();

  /** Takes over the connections that come from now on; the routes are asked in their order. */
  constructor(server: Server, routes: readonly SocketRoute[]) {
    this.#server = server;
    this.#routes = routes;
    // A connection may be as long without its first request as without its next.
    this.#idleMs = server.keepAliveTimeout;
    const [speakHttp] = server.listeners('connection');
    this.#speakHttp = speakHttp as (socket: Socket) => void;
    server.removeAllListeners('connection').on('connection', (socket) => this.#accept(socket));
  }

  /** Ends the connections that the web server does not own. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    const forget = () => this.#sockets.delete(socket);
    const ignore = () => {};
    const end = () => socket.destroy();
    this.#sockets.add(socket);
    socket.once('close', forget).on('error', ignore);
    const release = (first: Buffer) => {
      socket.off('close', forget).off('error', ignore);
      forget();
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(first);
      this.#speakHttp.call(this.#server, socket);
      socket.resume();
    };
    socket.setTimeout(this.#idleMs).once('timeout', end).once('end', end);
    socket.once('data', (first: Buffer) => {
      socket.off('timeout', end).off('end', end);
      let routed = this.#routed(first);
      if (!routed) return release(first);
      const { route } = routed;
      route.serve(socket, first, (next) => {
        routed = this.#routed(next, routed);
        const kept = routed?.route === route;
        if (!kept) release(next);
        return kept;
      });
    });
  }

  /** A request that begins as the one before goes where that went. */
  #routed(first: Buffer, before?: Routed): Routed | undefined {
    const end = first.indexOf('\r\n\r\n');
    if (end < 0 || end > MAX_HEAD_BYTES) return undefined;
    if (before && first.subarray(0, before.start.length).equals(before.start)) return before;
    const [start, method, target, host] = START.exec(first.toString('latin1', 0, end + 2)) ?? [];
    if (!start || !method || !target || !host) return undefined;
    const route = this.#routes.find((one) => one.takes({ method, target, host }));
    return route && { route, start: Buffer.from(start, 'latin1') };
  }
}
