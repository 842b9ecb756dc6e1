/** The door against the official client, in both revisions of the protocol that it speaks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { defineOperations, operation } from '../../access/operation.ts';
import { perform } from '../../access/perform.ts';
import { problem } from '../../access/problems.ts';
import { silentLog } from '../../lib/log.ts';
import { problemAnswer } from '../http/problem-json.ts';
import { mcpDoor } from './door.ts';

const AGENT = { tokenId: 'tok_1', kind: 'token', door: 'mcp' } as const;
const CALLERS: Record<string, Caller> = {
  'Bearer reader': { ...AGENT, name: 'reader', permissions: ['read'] },
  'Bearer operator': { ...AGENT, name: 'operator', permissions: ['read', 'operate'] },
};
const ERAS = ['legacy', 'auto'] as const;

const brewed: string[] = [];
const tea = z.string().min(1).max(1_000).describe('the name of the tea');
const operations = defineOperations(
  {
    showTea: 'GET /api/teas/:tea',
    noteTea: 'POST /api/teas/:tea/notes',
    brewTea: 'POST /api/teas/:tea/brew',
    breakPot: 'GET /api/pot',
  },
  {
    showTea: operation({
      summary: 'One tea',
      permission: 'read',
      effect: 'reads',
      input: z.object({ tea, minutes: z.number().int().min(1).default(3) }),
      output: z.object({ tea: z.string(), minutes: z.number(), origin: z.string().optional() }),
      run: async ({ tea, minutes }) => ({ tea, minutes, origin: undefined }),
    }),
    noteTea: operation({
      summary: 'Note one down',
      permission: 'operate',
      effect: 'changes',
      input: z.object({ tea }),
      output: z.object({}),
      run: async () => ({}),
    }),
    brewTea: operation({
      summary: 'Brew one',
      permission: 'operate',
      effect: 'acts-on-production',
      input: z.object({ tea }),
      output: z.object({ by: z.string() }),
      run: async ({ tea }, caller) => {
        brewed.push(tea);
        return { by: caller.name };
      },
    }),
    breakPot: operation({
      summary: 'Fail',
      permission: 'read',
      effect: 'reads',
      input: z.object({}),
      output: z.object({}),
      run: async () => {
        throw new Error('secret: the pot is at /etc/pot');
      },
    }),
  },
);

let app: FastifyInstance;
let url: URL;
let end: () => Promise<void>;

before(async () => {
  app = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = problemAnswer(error);
    return reply.code(status).headers(headers).send(JSON.stringify(body));
  });
  const authenticate = async ({ headers }: { headers: { authorization?: string | undefined } }) => {
    const caller = CALLERS[headers.authorization ?? ''];
    if (!caller) throw problem('unauthenticated', 'this token is not valid here');
    return caller;
  };
  end = mcpDoor(app, { operations, perform, authenticate, version: '1.2.3', log: silentLog });
  url = new URL('/mcp', await app.listen({ host: '127.0.0.1', port: 0 }));
});
after(async () => {
  await end();
  await app.close();
});

async function connect(name: 'reader' | 'operator', mode: 'legacy' | 'auto' = 'auto'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const authProvider = { token: async () => name };
  await client.connect(new StreamableHTTPClientTransport(url, { authProvider }));
  return client;
}

for (const mode of ERAS) {
  test(`${mode}: tools are listed with schemas and annotations, the changing ones only to whom they are permitted`, async () => {
    const operator = await connect('operator', mode);
    assert.equal(operator.getServerVersion()?.name, 'upstack');
    const { tools } = await operator.listTools();
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint]),
      [
        ['showTea', true, false],
        ['noteTea', false, false],
        ['brewTea', false, true],
        ['breakPot', true, false],
      ],
    );
    const [showTea, , brewTea] = tools;
    assert.deepEqual(showTea?.inputSchema.required, ['tea']);
    assert.deepEqual(showTea?.outputSchema?.required, ['tea', 'minutes']);
    assert.match(brewTea?.description ?? '', /^Brew one\. Acts on production/);
    await operator.close();

    const reader = await connect('reader', mode);
    assert.deepEqual(
      (await reader.listTools()).tools.map(({ name }) => name),
      ['showTea', 'breakPot'],
    );
    await reader.close();
  });

  test(`${mode}: a call answers with structured content, and the same as text`, async () => {
    const client = await connect('operator', mode);
    const shown = await client.callTool({ name: 'showTea', arguments: { tea: 'green' } });
    assert.deepEqual(shown.structuredContent, { tea: 'green', minutes: 3 });
    assert.deepEqual(shown.content, [{ type: 'text', text: '{"tea":"green","minutes":3}' }]);
    const { structuredContent } = await client.callTool({ name: 'brewTea', arguments: { tea: 'green' } });
    assert.deepEqual([structuredContent, brewed.splice(0)], [{ by: 'operator' }, ['green']]);
    await client.close();
  });

  test(`${mode}: what goes wrong is a result that says so in one line`, async () => {
    const client = await connect('reader', mode);
    const refusal = async (name: string, input: Record<string, unknown>) => {
      const { isError, content } = await client.callTool({ name, arguments: input });
      assert.equal(isError, true);
      return content;
    };
    assert.deepEqual(await refusal('brewTea', { tea: 'green' }), [
      { type: 'text', text: 'reader may not brewTea: it needs the permission "operate"' },
    ]);
    assert.deepEqual(await refusal('showTea', { minutes: 'many' }), [
      { type: 'text', text: 'tea is missing: give a string; minutes must be a number' },
    ]);
    assert.deepEqual(await refusal('breakPot', {}), [
      { type: 'text', text: 'the control room failed; its log has the details' },
    ]);
    assert.deepEqual(brewed, []);
    for (const name of ['drinkTea', 'constructor', '__proto__', 'toString', 'x'.repeat(10_000)]) {
      await assert.rejects(client.callTool({ name, arguments: {} }), /there is no tool/, name);
    }
    await client.close();
  });
}

test('without a valid bearer token there is no answer, nor to a session cookie', async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { cookie: 'upstack_session=x' }]) {
    const response = await ask(headers as Record<string, string>);
    assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer']);
  }
  assert.equal((await ask({ authorization: 'Bearer reader' })).status, 200);
  assert.equal((await fetch(url, { headers: { authorization: 'Bearer reader' } })).status, 405);
});

test('hostile bodies are refused, and the door goes on', async () => {
  const send = (body: string) => {
    const headers = {
      authorization: 'Bearer reader',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    return fetch(url, { method: 'POST', headers, body });
  };
  const ask = async (body: string) => (await send(body)).status;
  const call = (input: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"showTea","arguments":${input}}}`;
  assert.equal(await ask(call('{"tea":"green","__proto__":{"minutes":9}}')), 400);
  assert.equal(await ask(call('{"tea":"green","constructor":{"prototype":{"minutes":9}}}')), 400);
  assert.equal(await ask(call(`{"tea":"${'x'.repeat(2 * 1024 * 1024)}"}`)), 413);
  assert.equal(await ask('not json'), 400);
  assert.equal(await ask('[]'), 400);
  const nested = await send(call(`${'['.repeat(50_000)}${']'.repeat(50_000)}`));
  assert.match(await nested.text(), /"error":\{"code":-32602/);
  assert.equal(({} as { minutes?: number }).minutes, undefined);
  assert.equal(await ask(call('{"tea":"green"}')), 200);
});
