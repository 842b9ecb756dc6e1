import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Environment } from '../../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../../engines/events/engine.ts';
import { openEvents } from '../../engines/events/open.ts';
import { systemClock } from '../../lib/clock.ts';
import { silentLog } from '../../lib/log.ts';
import type { SelectedOf } from '../../signals/column.ts';
import { problem } from '../../signals/problems.ts';
import { Signals } from '../../signals/store.ts';
import type { traces } from '../../signals/traces/table.ts';
import { otlpDoor } from './door.ts';

const KEY = 'wk_test';
/** Bound to the environment `staging`. */
const STAGING_KEY = 'wk_staging';
type SelectedSpan = SelectedOf<typeof traces.columns>;

let home: string;
let events: EventsEngine;
let signals: Signals;
let app: FastifyInstance;
let url: string;
let refuse: Error | undefined;
let failure: unknown;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'upstack-otlp-'));
  events = await openEvents({ url: 'embedded:', directory: join(home, 'events'), log: silentLog });
  signals = await Signals.open({
    events,
    directory: join(home, 'spool'),
    clock: systemClock,
    log: silentLog,
  });
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    failure = error;
    return reply.code(500).send('failed');
  });
  otlpDoor(app, {
    signals: {
      append: async (records) => {
        if (refuse) throw refuse;
        await signals.append(records);
      },
    },
    admit: (key) => (key === KEY ? {} : key === STAGING_KEY ? { key: 'staging' as Environment } : undefined),
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await app.close();
  await signals.close();
  await events.close();
  await rm(home, { recursive: true, force: true });
});

async function spans(service: string): Promise<SelectedSpan[]> {
  await signals.settle();
  return events.query<SelectedSpan>(
    'SELECT * FROM upstack.otel_traces WHERE ServiceName = {service:String} ORDER BY Timestamp',
    {
      service,
    },
  );
}

async function total(): Promise<number> {
  await signals.settle();
  const [row] = await events.query<{ n: number }>('SELECT toUInt32(count()) AS n FROM upstack.otel_traces');
  return row?.n ?? -1;
}

function post(body: Uint8Array | string, headers: Record<string, string> = {}, path = '/v1/traces') {
  return fetch(url + path, {
    method: 'POST',
    body: body as BodyInit,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
  });
}

const exporters: Record<string, (options: object) => SpanExporter> = {
  'exporter-trace-otlp-http (JSON)': (options) => new JsonExporter(options),
  'exporter-trace-otlp-proto (protobuf)': (options) => new ProtobufExporter(options),
};
for (const [name, create] of Object.entries(exporters)) {
  for (const compression of ['none', 'gzip']) {
    test(`OpenTelemetry's ${name}, compression ${compression}`, async () => {
      const service = `${name}-${compression}`;
      const headers = { authorization: `Bearer ${KEY}` };
      const exporter = create({ url: `${url}/v1/traces`, headers, compression });
      const outcomes: unknown[] = [];
      const watched: SpanExporter = {
        export: (batch, done) =>
          exporter.export(batch, (result) => {
            outcomes.push(result.code === 0 ? 'exported' : result.error);
            done(result);
          }),
        shutdown: () => exporter.shutdown(),
      };
      const provider = new TracerProvider({
        spanProcessors: [new SimpleSpanProcessor({ exporter: watched })],
      });
      const tracer = provider.getTracer('shop', '1.2.3');
      const span = tracer.startSpan('checkout', {
        kind: SpanKind.SERVER,
        attributes: {
          'service.name': service,
          'upstack.unit': 'u1',
          'upstack.run': service,
          'upstack.arm': 'control',
          'upstack.stage': 1,
          'upstack.exposed': true,
          ratio: 0.25,
          tags: ['a', 'ü'],
        },
        links: [
          {
            context: {
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              traceFlags: 1,
            },
          },
        ],
      });
      span.recordException(new TypeError('boom'));
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'boom' });
      span.end();
      await provider.forceFlush();
      await provider.shutdown();
      assert.deepEqual(outcomes, ['exported']);
      await signals.settle();
      const rows = await events.query<SelectedSpan>(
        'SELECT * FROM upstack.otel_traces WHERE Run = {run:String}',
        { run: service },
      );
      assert.equal(rows.length, 1);
      const [row] = rows;
      const { traceId, spanId } = span.spanContext();
      assert.deepEqual(
        [row?.TraceId, row?.SpanId, row?.SpanName, row?.SpanKind, row?.StatusCode, row?.StatusMessage],
        [traceId, spanId, 'checkout', 'Server', 'Error', 'boom'],
      );
      assert.deepEqual(
        [row?.ScopeName, row?.ScopeVersion, row?.Unit, row?.Arm],
        ['shop', '1.2.3', 'u1', 'control'],
      );
      assert.deepEqual([row?.Exposed, row?.IsError, row?.Stage], [true, true, 1]);
      assert.deepEqual([row?.SpanAttributes.ratio, row?.SpanAttributes.tags], ['0.25', '["a","ü"]']);
      assert.deepEqual(row?.['Events.Name'], ['exception']);
      assert.deepEqual(row?.['Links.SpanId'], ['b7ad6b7169203331']);
    });
  }
}

const nanos = () => `${Date.now()}000000`;
const body = (service: string, ...changes: object[]) => {
  const start = nanos();
  const base = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 's' };
  const made = changes.map((change) => ({
    ...base,
    startTimeUnixNano: start,
    endTimeUnixNano: start,
    ...change,
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: made }] }] });
};

test('spans land in the environment of their resource, or of the write key when it is bound to one', async () => {
  const named = (service: string, name: string) => {
    const request = JSON.parse(body(service, {}));
    request.resourceSpans[0].resource.attributes.push({
      key: 'deployment.environment.name',
      value: { stringValue: name },
    });
    return JSON.stringify(request);
  };
  const bound = { authorization: `Bearer ${STAGING_KEY}` };
  await post(named('of-resource', 'pr-7'));
  await post(named('of-key', 'pr-7'), bound);
  await post(body('of-nobody', {}));
  const environments = async (service: string) => (await spans(service)).map((span) => span.Environment);
  assert.deepEqual(await environments('of-resource'), ['pr-7']);
  assert.deepEqual(await environments('of-key'), ['staging']);
  assert.deepEqual(await environments('of-nobody'), ['production']);
  const refused = (await (await post(named('wrong', 'Production EU'))).json()) as { partialSuccess: object };
  assert.deepEqual(refused.partialSuccess, {
    rejectedSpans: '1',
    errorMessage: 'environment "Production EU" must be 1 to 40 lower case letters, digits and hyphens',
  });
  assert.deepEqual(await environments('wrong'), []);
});

test('200 with partial_success when some spans were left out, {} when none was', async () => {
  const partial = await post(body('partial', {}, { traceId: 'no' }));
  assert.equal(partial.status, 200);
  const { partialSuccess } = (await partial.json()) as { partialSuccess: Record<string, string> };
  assert.equal(partialSuccess.rejectedSpans, '1');
  assert.match(partialSuccess.errorMessage ?? '', /traceId/);
  assert.equal((await spans('partial')).length, 1);
  assert.deepEqual(await (await post(body('whole', {}))).json(), {});
});

test('what is broken gets a clear answer in its own encoding, and nothing is stored', async () => {
  const before = await total();
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
  assert.ok(bomb.length < 100_000);
  const whole = body('broken', {});
  const cases: [string, Promise<Response>, number, RegExp][] = [
    ['cut JSON', post(whole.slice(0, -5)), 400, /not JSON/],
    ['JSON of another shape', post('{"resourceSpans":{}}'), 400, /must be a list/],
    ['no body', post(''), 400, /not JSON/],
    ['not gzip', post(whole, { 'content-encoding': 'gzip' }), 400, /not gzip/],
    ['cut gzip', post(gzipSync(whole).subarray(0, 60), { 'content-encoding': 'gzip' }), 400, /not gzip/],
    ['gzip bomb', post(bomb, { 'content-encoding': 'gzip' }), 413, /unpacks to more than/],
    ['too large', post(Buffer.alloc(9 * 1024 * 1024, ' ')), 413, /too large/],
    ['unknown encoding', post(whole, { 'content-encoding': 'br' }), 415, /"br" is not taken/],
    ['unknown type', post(whole, { 'content-type': 'text/plain' }), 415, /"text\/plain" is not taken/],
    ['no key', post(whole, { authorization: '' }), 401, /write key/],
    ['wrong key', post(whole, { authorization: 'Bearer nope' }), 401, /write key/],
    ['logs', post('{}', {}, '/v1/logs'), 404, /logs are not taken yet/],
    ['metrics', post('{}', {}, '/v1/metrics'), 404, /metrics are not taken yet/],
  ];
  for (const [name, asked, status, message] of cases) {
    const answer = await asked;
    const { code, message: said } = (await answer.json()) as { code: number; message: string };
    assert.equal(answer.status, status, name);
    assert.match(said, message, name);
    assert.ok(code > 0, name);
  }
  assert.equal(await total(), before);
});

test('a truncated protobuf body gets a Status in protobuf', async () => {
  const answer = await post(Buffer.from([0x0a, 0x20, 0x01]), { 'content-type': 'application/x-protobuf' });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get('content-type'), 'application/x-protobuf');
  const status = Buffer.from(await answer.arrayBuffer());
  assert.deepEqual([status[0], status[1]], [0x08, 3], 'code INVALID_ARGUMENT');
  assert.match(status.toString('utf8'), /not an OTLP trace request in protobuf/);
});

test('a full spool answers 503 with Retry-After, and takes the same request later', async () => {
  refuse = problem('spool-full', 'send again later');
  const refused = await post(body('later', {}));
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '5');
  refuse = undefined;
  assert.equal((await post(body('later', {}))).status, 200);
  assert.equal((await spans('later')).length, 1);
});

test("a failure of our own reaches the server's error handler", async () => {
  refuse = new Error('bug');
  assert.equal((await post(body('bug', {}))).status, 500);
  assert.equal(failure, refuse);
  refuse = undefined;
});
