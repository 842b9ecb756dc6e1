/** A small function for the tests: named handlers, each invoked by a message of the parent process. */
import http, { request as namedRequest } from 'node:http';
import { currentArm, currentUnit, identify, track, withUpstack } from '../src/index.ts';

interface Call {
  id: number;
  handler: string;
  event: { url?: string; [member: string]: unknown };
  requestId: string;
  clientContext?: unknown;
  remainingMs: number;
}
type Context = { awsRequestId: string; getRemainingTimeInMillis(): number };
type Answer = Record<string, unknown>;

const keepAlive = new http.Agent({ keepAlive: true });

/** The ways a handler may call its dependency; each resolves with the upstream's status and body. */
const clients: Record<string, (url: string, headers?: Record<string, string>) => Promise<Answer>> = {
  async fetch(url, headers = {}) {
    const response = await fetch(url, { headers });
    return { status: response.status, body: await response.text() };
  },
  async 'fetch-request'(url, headers = {}) {
    const response = await fetch(new Request(url, { method: 'POST', body: 'hello', headers }));
    return { status: response.status, body: await response.text() };
  },
  'http-keep-alive': (url, headers) => viaHttp(http.request, url, { agent: keepAlive, headers }),
  'http-default': (url, headers) => viaHttp(http.get, url, { headers }),
  'http-no-agent': (url, headers) => viaHttp(http.request, url, { agent: false, headers }),
  'http-named': (url, headers) => viaHttp(namedRequest, url, { headers }),
};

function viaHttp(make: typeof http.request, url: string, options: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = make(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body, unit: currentUnit() }));
    });
    request.on('timeout', () => request.destroy(new Error('the caller gave up')));
    request.on('error', reject);
    request.end();
  });
}

const handlers: Record<string, (event: Call['event'], context: Context) => unknown> = {
  plain: async () => ({ statusCode: 200 }),
  status: async (event) => ({ statusCode: event.status }),
  throws: async () => {
    throw new RangeError('broken');
  },
  'throws-sync': () => {
    throw new TypeError('broken at once');
  },
  async context() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { unit: currentUnit(), arm: currentArm(), other: currentArm('another') };
  },
  async track(event) {
    await null;
    track('viewed', { product: 'tea' });
    track('bought', { amount: 1n as unknown as number });
    track('paid', { amount: 3 }, { userId: 'user-1', anonymousId: 'device-1' });
    identify('user-1', { plan: 'free' });
    for (let i = 0; i < Number(event.times ?? 0); i++) track('many', { i, text: 'x'.repeat(500) });
    return {};
  },
  async slow(event) {
    await new Promise((resolve) => setTimeout(resolve, Number(event.ms)));
    return { unit: currentUnit() };
  },
  async call(event) {
    return clients[String(event.client)]?.(String(event.url), event.headersOut as Record<string, string>);
  },
  async impatient(event) {
    const options = event.late ? {} : { timeout: 100 };
    const make = (url: string, given: object, done: (response: http.IncomingMessage) => void) => {
      const request = http.request(url, given, done);
      if (event.late) request.setTimeout(100);
      return request;
    };
    return viaHttp(make as typeof http.request, String(event.url), options);
  },
  async aborting(event) {
    const response = await fetch(String(event.url), { signal: AbortSignal.timeout(100) });
    return { status: response.status };
  },
};

const wrapped = Object.fromEntries(
  Object.entries(handlers).map(([name, handler]) => [name, withUpstack(handler)]),
);
wrapped['own-unit'] = withUpstack(handlers.context as (typeof handlers)[string], {
  unit: (event) => (event as { customer?: string }).customer,
  name: 'renamed',
});

process.on('message', async ({ id, handler, event, requestId, clientContext, remainingMs }: Call) => {
  const deadline = performance.now() + remainingMs;
  const context = {
    awsRequestId: requestId,
    clientContext,
    getRemainingTimeInMillis: () => deadline - performance.now(),
  };
  const from = performance.now();
  const outcome: Answer = {};
  try {
    outcome.value = await wrapped[handler]?.(event, context);
  } catch (thrown) {
    const { name, message, code, cause } = thrown as Error & { code?: string };
    outcome.error = { name, message, code: code ?? (cause as { code?: string } | undefined)?.code };
  }
  process.send?.({ id, ms: performance.now() - from, ...outcome });
});
