import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonHandlerOf } from './python.ts';

const HANDLER = 'def handler(event, context):\n  return 1\n';

test('the handler is taken from the first of the usual modules that has one', () => {
  const cases: [sources: Record<string, string>, handler: string][] = [
    [
      { 'lambda_function.py': 'def lambda_handler(event, context):\n  pass\n', 'app.py': HANDLER },
      'lambda_function.lambda_handler',
    ],
    [{ 'app.py': HANDLER, 'main.py': HANDLER }, 'app.handler'],
    [{ 'app.py': 'VERSION = 1\n', 'main.py': HANDLER }, 'main.handler'],
    [{ 'app.py': `def lambda_handler(e, c): pass\n${HANDLER}` }, 'app.lambda_handler'],
    [{ 'orders.py': HANDLER, 'test_orders.py': 'def test():\n  handler(1, 2)\n' }, 'orders.handler'],
  ];
  for (const [sources, handler] of cases) assert.equal(pythonHandlerOf('d', sources), handler);
});

test('decorated, annotated and adapted handlers are found, others are not', () => {
  for (const text of [
    '@logger.inject_lambda_context\n@tracer.capture\ndef handler(event: dict, context: Context) -> dict:\n  ...\n',
    'handler = Mangum(app)\n',
    'handler: Handler = make()\n',
    'import os\n\n\ndef handler (event,\n  context):\n  pass\n',
  ]) {
    assert.equal(pythonHandlerOf('d', { 'app.py': text }), 'app.handler');
  }
  for (const text of [
    '# def handler(event, context):\n',
    'class A:\n  def handler(self): pass\n',
    'handlers = []\n',
    'def handler_of(x): pass\n',
    'handler == 1\n',
  ]) {
    assert.throws(() => pythonHandlerOf('d', { 'app.py': text }), {
      code: 'deploy.no-handler',
      message: /^none of app\.py in d defines lambda_handler or handler: add it, or name it with --handler/,
    });
  }
});

test('two possible handlers are a problem that asks for a choice', () => {
  assert.throws(() => pythonHandlerOf('d', { 'orders.py': HANDLER, 'carts.py': HANDLER }), {
    code: 'deploy.no-handler',
    message:
      /a handler in orders\.py and carts\.py: choose one with --handler, for example --handler orders\.handler$/,
  });
});
