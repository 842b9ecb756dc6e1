import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestOf } from './route.ts';

test('parameters go into the path, the rest into the query of a GET and the body of a POST', () => {
  assert.deepEqual(requestOf('GET /api/runs/:runId', { runId: 'a/b?', since: 3, until: undefined }), {
    method: 'GET',
    path: '/api/runs/a%2Fb%3F?since=3',
  });
  assert.deepEqual(requestOf('GET /api/runs', {}), { method: 'GET', path: '/api/runs' });
  assert.deepEqual(requestOf('POST /api/runs/:runId/abort', { runId: 'r', reason: 'enough' }), {
    method: 'POST',
    path: '/api/runs/r/abort',
    body: { reason: 'enough' },
  });
});

test('a list is a parameter that repeats', () => {
  assert.equal(requestOf('GET /api/runs', { tag: ['a', 'b c'] }).path, '/api/runs?tag=a&tag=b+c');
});
