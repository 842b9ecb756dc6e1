import { startTimer, stopTimer } from '../clock.ts';

const MAX_RESPONSE_LENGTH = 65_536;

let agent: import('node:http').Agent | undefined;

/**
 * Asks the control room once. Calls `done` exactly once: with the tokens of an answer of status 200, or with undefined
 * when there was no such answer within `timeoutMs`. Does not keep the process alive.
 */
export function pollLeases(
  control: { url: URL; writeKey: string },
  functionName: string,
  timeoutMs: number,
  done: (tokens: string[] | undefined) => void,
): void {
  const http = process.getBuiltinModule(control.url.protocol === 'https:' ? 'node:https' : 'node:http');
  agent ??= new http.Agent({ keepAlive: true, maxSockets: 1 });
  const path = `leases/v1/${encodeURIComponent(functionName)}`;
  const url = new URL(path, control.url.href.endsWith('/') ? control.url : `${control.url.href}/`);
  const headers = { authorization: `Bearer ${control.writeKey}`, accept: 'application/json' };
  let settled = false;
  const settle = (tokens: string[] | undefined) => {
    if (settled) return;
    settled = true;
    stopTimer(timer);
    done(tokens);
  };
  const request = http.request(url, { agent, headers }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > MAX_RESPONSE_LENGTH) request.destroy();
    });
    response.on('end', () => settle(response.statusCode === 200 ? readTokens(body) : undefined));
    response.on('error', () => settle(undefined));
    response.on('close', () => settle(undefined));
  });
  request.on('socket', (socket) => socket.unref());
  request.on('error', () => settle(undefined));
  const timer = startTimer(() => {
    settle(undefined);
    request.destroy();
  }, timeoutMs);
  timer.unref();
  request.end();
}

function readTokens(body: string): string[] | undefined {
  try {
    const { leases } = JSON.parse(body) as { leases?: unknown };
    return Array.isArray(leases) ? leases.filter((token) => typeof token === 'string') : undefined;
  } catch {
    return undefined;
  }
}
