/**
 * The measuring process: empty handlers, called in interleaved batches so that other load of the machine affects all of
 * them equally. Run by bench.ts with standard output to the null device; sends its result as a message.
 * Arguments: the bundled SDK, the bundled peer, the URL of the lease server.
 */
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: object) => Promise<unknown>;
interface Sdk {
  withUpstack(handler: Handler): Handler;
  currentArm(): string | undefined;
}

/** Invocations per batch: fewer than the SDK buffers, so that none is dropped. */
const BATCH = 1000;
const ROUNDS = 300;
const WARM_UP = 50;

const [, , sdkFile = '', peerFile = '', leaseUrl = ''] = process.argv;
const sdkUrl = pathToFileURL(sdkFile).href;
const { default: middy } = (await import(pathToFileURL(peerFile).href)) as {
  default: (handler?: Handler) => Handler & { use(middleware: object): Handler };
};

// Two copies of the SDK in one process: each reads the environment when it loads.
delete process.env.UPSTACK_URL;
const disarmed = (await import(`${sdkUrl}?disarmed`)) as Sdk;
process.env.UPSTACK_URL = leaseUrl;
const armed = (await import(`${sdkUrl}?armed`)) as Sdk;

const noop: Handler = async () => {};
const context = {
  awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
  getRemainingTimeInMillis: () => 30_000,
};
const plain = { customer: 'person-1' };
const http = {
  version: '2.0',
  rawPath: '/cart',
  headers: {
    'x-amzn-trace-id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
    'x-forwarded-proto': 'https',
    host: 'r3pmxmplak.lambda-url.us-east-2.on.aws',
    'x-forwarded-port': '443',
    'x-forwarded-for': '127.0.0.1',
    accept: 'application/json',
    'user-agent': 'a browser',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    baggage: 'upstack.unit=person-1',
  },
  requestContext: { http: { method: 'GET', path: '/cart' } },
};

const armedHandler = armed.withUpstack(noop);
const cases: Record<string, [handler: Handler, event: unknown]> = {
  bare: [noop, plain],
  'disarmed, event without headers': [disarmed.withUpstack(noop), plain],
  'disarmed, function URL event': [disarmed.withUpstack(noop), http],
  'armed, not selected, function URL event': [armedHandler, http],
  'middy, no middleware': [middy(noop), plain],
  'middy, one middleware': [middy(noop).use({ before: () => {}, after: () => {}, onError: () => {} }), plain],
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Waits until the lease applies. */
async function untilArmed(): Promise<void> {
  const deadline = performance.now() + 10_000;
  let arm: string | undefined;
  const probe = armed.withUpstack(async () => {
    arm = armed.currentArm();
  });
  for (;;) {
    await probe(http, context);
    if (arm === 'control') return;
    if (performance.now() > deadline) throw new Error('the lease did not arrive');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Microseconds per invocation of each batch, by case, and per record written afterwards. */
async function batches(): Promise<{ calls: Record<string, number[]>; flushes: number[] }> {
  const calls: Record<string, number[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  const flushes: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    await untilArmed();
    for (const [name, [handler, event]] of Object.entries(cases)) {
      await turn();
      const from = performance.now();
      for (let i = 0; i < BATCH; i++) await handler(event, context);
      const called = performance.now();
      // The SDK set its immediate before this one, so it has written its records when this one runs.
      await turn();
      const flushed = performance.now();
      if (round < 0) continue;
      calls[name]?.push(((called - from) * 1000) / BATCH);
      if (name === 'disarmed, function URL event') flushes.push(((flushed - called) * 1000) / BATCH);
    }
  }
  return { calls, flushes };
}

/** Microseconds of one event loop turn with one invocation and its written line. */
async function turns(handler: Handler, event: unknown): Promise<number> {
  const from = performance.now();
  for (let i = 0; i < BATCH; i++) {
    await handler(event, context);
    await turn();
  }
  return ((performance.now() - from) * 1000) / BATCH;
}

const { calls, flushes } = await batches();
const single: Record<'bare' | 'wrapped', number[]> = { bare: [], wrapped: [] };
for (let round = 0; round < 20; round++) {
  single.bare.push(await turns(noop, http));
  single.wrapped.push(await turns(disarmed.withUpstack(noop), http));
}
process.send?.({ calls, flushes, single });
