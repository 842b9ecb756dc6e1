import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real dependency on loopback that answers with what it received, and counts. */
export interface Upstream {
  url: string;
  port: number;
  /** Connections that were opened to it, and requests that came. */
  connections: number;
  requests: { method: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const requests: Upstream['requests'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ method: request.method ?? '', headers: request.headers, body });
      response.end('from upstream');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const upstream: Upstream = {
    connections: 0,
    url: `http://localhost:${port}/`,
    port,
    requests,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  server.on('connection', () => {
    upstream.connections++;
  });
  return upstream;
}
