import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Answer, ApiError, call, onUnauthenticated } from './api.ts';
import type { useResource } from './resource.ts';

const root = resolve(import.meta.dirname, '..', '..');

interface Sent {
  path: string;
  method: string;
  body: string;
}

/** Runs `use` against a server that gives every request the same answer. Returns the requests. */
async function answering(status: number, answer: object, use: () => Promise<void>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const server = createServer(async (request, response) => {
    sent.push({ path: request.url ?? '', method: request.method ?? '', body: await text(request) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { fetch } = globalThis;
  // In a page, fetch resolves a path against the page's address.
  globalThis.fetch = (path, init) => fetch(new URL(String(path), page), init);
  try {
    await use();
  } finally {
    globalThis.fetch = fetch;
    server.close();
    server.closeAllConnections();
  }
  return sent;
}

test('a call goes to the route of its operation', async () => {
  const sent = await answering(200, {}, async () => {
    await call('showFunction', { name: 'a/b', minutes: 15 });
    await call('abortRun', { runId: 'run_1', reason: 'enough' });
  });
  assert.deepEqual(sent, [
    { path: '/api/functions/a%2Fb?minutes=15', method: 'GET', body: '' },
    { path: '/api/experiments/runs/run_1/abort', method: 'POST', body: '{"reason":"enough"}' },
  ]);
});

test('a problem becomes an error with its title and detail; an ended session notifies', async () => {
  let notified = 0;
  const stop = onUnauthenticated(() => notified++);
  await answering(401, { title: 'Who are you?', detail: 'log in' }, () =>
    assert.rejects(call('listRuns', {}), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.status, error.title, error.message], [401, 'Who are you?', 'log in']);
      return true;
    }),
  );
  stop();
  assert.equal(notified, 1);
});

test('an operation, field or type that the operations table lacks does not compile', () => {
  const misuse = (use: typeof useResource, answer: Answer<'listFindings'>) => {
    // @ts-expect-error: no operation has this name
    void call('listFinding', {});
    // @ts-expect-error: the input has no such field
    void call('showRun', { run: 'run_1' });
    // @ts-expect-error: the field has another type
    void call('showFunction', { name: 'a', minutes: '15' });
    // @ts-expect-error: a page does not repeat an operation that changes something
    use('startRun', { source: '' });
    // @ts-expect-error: the output has no such field
    return answer.findings.map((finding) => finding.name);
  };
  assert.equal(typeof misuse, 'function');
});

test('no page contains a path of the API', () => {
  const written = globSync('web/src/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && readFileSync(join(root, file), 'utf8').includes('/api/'),
  );
  assert.deepEqual(written, []);
});

test('the dashboard imports only types and plain values from the server, and no package', () => {
  const seen = new Set<string>();
  const packages: string[] = [];
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const to of valueImports(file)) {
      if (!to.startsWith('.')) packages.push(`${file}: ${to}`);
      else follow(resolve(dirname(file), to));
    }
  };
  const entries = globSync('web/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => valueImports(join(root, file)).map((to) => resolve(root, dirname(file), to)))
    .filter((file) => file.startsWith(join(root, 'src/')));
  assert.ok(entries.includes(join(root, 'src/doors/routes.ts')));
  entries.forEach(follow);
  assert.deepEqual(packages, []);
});

function valueImports(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /(?:^|\n)(?:import|export)\s+(?!type\s)[^'";]*?from\s*['"]([^'"]+)['"]/g,
  );
  return [...statements].map((match) => match[1] as string);
}
