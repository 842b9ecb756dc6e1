import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../../access/caller.ts';
import { defineOperations, operation } from '../../../access/operation.ts';
import { perform } from '../../../access/perform.ts';
import { problemAnswer } from '../problem-json.ts';
import { restRoutes } from './rest.ts';

const input = z.object({
  name: z.string(),
  weeks: z.number().int().min(2).default(10),
  settling: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
});
const echo = operation({
  summary: 'The input as it was read',
  permission: 'read',
  effect: 'reads',
  input,
  output: input,
  run: async (given) => given,
});
const operations = defineOperations(
  { readEcho: 'GET /api/echo/:name', sendEcho: 'POST /api/echo/:name' },
  { readEcho: echo, sendEcho: echo },
);

const app = Fastify();
app.setErrorHandler((error, _request, reply) => {
  const { status, body } = problemAnswer(error);
  return reply.code(status).send(JSON.stringify(body));
});
const ada: Caller = { name: 'ada', tokenId: 'tok_1', permissions: ['read'], kind: 'token', door: 'rest' };
restRoutes(app, { operations, perform, authenticate: async () => ada });

async function ask(url: string, payload?: object) {
  const response = await app.inject(payload ? { method: 'POST', url, payload } : { method: 'GET', url });
  const body = response.json<Record<string, unknown>>();
  return response.statusCode === 200 ? body : `${response.statusCode} ${body.detail}`;
}

test('a query is read by the types of the input', async () => {
  assert.deepEqual(await ask('/api/echo/12?weeks=4&settling=true&tags=one'), {
    name: '12',
    weeks: 4,
    settling: true,
    tags: ['one'],
  });
  assert.deepEqual(await ask('/api/echo/a?tags=1&tags=2'), { name: 'a', weeks: 10, tags: ['1', '2'] });
});

test('what does not read as its type is rejected by name', async () => {
  for (const weeks of ['many', '', '%20', 'Infinity', '0x'])
    assert.equal(await ask(`/api/echo/a?weeks=${weeks}`), '400 weeks must be a number', weeks);
  assert.equal(await ask('/api/echo/a?weeks=4&weeks=5'), '400 weeks must be a number');
  assert.equal(await ask('/api/echo/a?weeks=1'), '400 weeks must be 2 or more');
  assert.equal(await ask('/api/echo/a?settling=1'), '400 settling must be a boolean');
  assert.equal(await ask('/api/echo/a', { weeks: '4' }), '400 weeks must be a number');
});

test('the path wins over a body or query that names its parameter again', async () => {
  assert.deepEqual(await ask('/api/echo/a?name=b'), { name: 'a', weeks: 10 });
  assert.deepEqual(await ask('/api/echo/a', { name: 'b' }), { name: 'a', weeks: 10 });
});
