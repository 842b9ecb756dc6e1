// An extension that writes down what it is told: every event of the Extensions API and of the Telemetry API becomes a
// line of the file that RECORD names. Other variables of the function say how it behaves.
const { appendFileSync } = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const { basename } = require('node:path');

const { env } = process;
const name = basename(process.argv[1]);
const record = (kind, value) => appendFileSync(env.RECORD, `${JSON.stringify({ name, kind, value })}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Number(ms)));

/** One request of the environment's APIs, on a connection of its own. */
function call(method, path, body, headers = {}) {
  const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: answer.statusCode, headers: answer.headers, body: JSON.parse(text) });
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function listenHttp() {
  let refusals = Number(env.REFUSE ?? 0);
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.statusCode = refusals-- > 0 ? 500 : 200;
      if (response.statusCode === 200) {
        for (const event of JSON.parse(Buffer.concat(parts))) record('telemetry', event);
      }
      response.end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

function listenTcp() {
  const server = net.createServer((socket) => {
    let text = '';
    socket.on('data', (part) => {
      const lines = (text + part).split('\n');
      text = lines.pop();
      for (const line of lines) record('telemetry', JSON.parse(line));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

async function subscribe(identifier) {
  const protocol = env.PROTOCOL;
  const port = await (protocol === 'TCP' ? listenTcp() : listenHttp());
  const destination =
    protocol === 'TCP' ? { protocol, port } : { protocol, URI: `http://sandbox.localdomain:${port}/in` };
  const body = {
    schemaVersion: env.SCHEMA ?? '2022-12-13',
    types: ['platform', 'function', 'extension'],
    buffering: { timeoutMs: Number(env.TIMEOUT_MS ?? 25), maxBytes: 262_144, maxItems: 1_000 },
    destination,
  };
  record('subscribed', await call('PUT', '/2022-07-01/telemetry', body, identifier));
}

async function main() {
  if (env.CRASH === name) process.exit(7);
  const events = (env.EVENTS ?? 'INVOKE,SHUTDOWN').split(',');
  const registered = await call(
    'POST',
    '/2020-01-01/extension/register',
    { events },
    {
      'lambda-extension-name': name,
      'lambda-extension-accept-feature': 'accountId',
    },
  );
  record('registered', registered);
  const identifier = { 'lambda-extension-identifier': registered.headers['lambda-extension-identifier'] };
  if (env.PROTOCOL) await subscribe(identifier);
  await sleep(env.INIT_MS ?? 0);
  if (env.INIT_ERROR) {
    const type = { 'lambda-extension-function-error-type': env.INIT_ERROR };
    record('failed', await call('POST', '/2020-01-01/extension/init/error', {}, { ...identifier, ...type }));
    return;
  }
  for (;;) {
    const { status, body } = await call('GET', '/2020-01-01/extension/event/next', undefined, identifier);
    record('event', body);
    if (status !== 200) return;
    if (body.eventType === 'SHUTDOWN') {
      if (env.STAY) await sleep(60_000);
      process.exit(0);
    }
    console.log(`${name} saw ${body.requestId}`);
    await sleep(env.WORK_MS ?? 0);
  }
}

main();
