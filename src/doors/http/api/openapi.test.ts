import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { defineOperations, operation } from '../../../access/operation.ts';
import { openApi } from './openapi.ts';

const showTea = operation({
  summary: 'One tea',
  permission: 'read',
  effect: 'reads',
  input: z.object({ tea: z.string(), minutes: z.number().int().min(1).default(3) }),
  output: z.object({ tea: z.string() }),
  run: async ({ tea }) => ({ tea }),
});
const brewTea = operation({
  summary: 'Brew one',
  permission: 'operate',
  effect: 'acts-on-production',
  input: z.object({ tea: z.string(), water: z.string(), reason: z.string().optional() }),
  output: z.object({}),
  run: async () => ({}),
});
const operations = defineOperations(
  { showTea: 'GET /api/teas/:tea', brewTea: 'POST /api/teas/:tea/brew' },
  { showTea, brewTea },
);

interface Entry {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  requestBody: { required: boolean; content: { 'application/json': { schema: unknown } } };
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
}

const { openapi, paths } = openApi(operations, '1.2.3') as {
  openapi: string;
  paths: Record<string, Record<string, Entry>>;
};
const shown = paths['/api/teas/{tea}']?.get as Entry;
const brewed = paths['/api/teas/{tea}/brew']?.post as Entry;

test('an operation is documented under its name, with its effect and permission', () => {
  assert.equal(openapi, '3.1.0');
  assert.deepEqual(
    [shown, brewed].map((entry) => [
      entry.operationId,
      (entry as unknown as Record<string, string>)['x-upstack-effect'],
      (entry as unknown as Record<string, string>)['x-upstack-permission'],
    ]),
    [
      ['showTea', 'reads', 'read'],
      ['brewTea', 'acts-on-production', 'operate'],
    ],
  );
});

test('input is documented where a request carries it: path, query or body', () => {
  assert.deepEqual(
    shown.parameters.map(({ name, in: where, required, schema }) => [name, where, required, schema.type]),
    [
      ['tea', 'path', true, 'string'],
      ['minutes', 'query', false, 'integer'],
    ],
  );
  assert.deepEqual(
    brewed.parameters.map(({ name, in: where }) => [name, where]),
    [['tea', 'path']],
  );
  assert.deepEqual(brewed.requestBody, {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { water: { type: 'string' }, reason: { type: 'string' } },
          required: ['water'],
        },
      },
    },
  });
});

test('the result and a problem are documented as what they are', () => {
  assert.deepEqual(shown.responses[200]?.content['application/json']?.schema, {
    type: 'object',
    properties: { tea: { type: 'string' } },
    required: ['tea'],
    additionalProperties: false,
  });
  assert.deepEqual(shown.responses.default?.content['application/problem+json']?.schema, {
    $ref: '#/components/schemas/Problem',
  });
});
