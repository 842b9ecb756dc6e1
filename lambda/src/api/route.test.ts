import assert from 'node:assert/strict';
import { test } from 'node:test';
import { route, router } from './route.ts';

const OPERATIONS = [
  { name: 'GetAlias', route: route('GET', '/2015-03-31/functions/{FunctionName}/aliases/{Name}') },
  { name: 'ListLayers', route: route('GET', '/2018-10-31/layers') },
  { name: 'GetLayerVersionByArn', route: route('GET', '/2018-10-31/layers?find=LayerVersion') },
];

function found(method: string, path: string, query = '') {
  const match = router(OPERATIONS)({ method, path, query: new URLSearchParams(query) });
  return match && [match.operation.name, ...match.parameters];
}

test('labels are decoded and come in the order of the template', () => {
  const arn = 'arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Acart';
  assert.deepEqual(found('GET', `/2015-03-31/functions/${arn}/aliases/live`), [
    'GetAlias',
    'arn:aws:lambda:eu-west-1:000000000000:function:cart',
    'live',
  ]);
  assert.deepEqual(found('GET', '/2015-03-31/functions/%E0/aliases/live'), ['GetAlias', '%E0', 'live']);
});

test('another method, a longer path and an empty label are other places', () => {
  for (const [method, path] of [
    ['PUT', '/2018-10-31/layers'],
    ['GET', '/2018-10-31/layers/a'],
    ['GET', '/2015-03-31/functions//aliases/live'],
    ['GET', '/x/2018-10-31/layers'],
  ] as const) {
    assert.equal(found(method, path), undefined, path);
  }
});

test('a slash at the end makes no difference', () => {
  assert.deepEqual(found('GET', '/2018-10-31/layers/'), ['ListLayers']);
});

test('a fixed query tells two operations at one place apart, whatever their order', () => {
  assert.deepEqual(found('GET', '/2018-10-31/layers', 'find=LayerVersion&Arn=x'), ['GetLayerVersionByArn']);
  assert.deepEqual(found('GET', '/2018-10-31/layers', 'find=Else'), ['ListLayers']);
});
