import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonPath } from '../../../src/catalog/runtimes.ts';
import { Fixture, zipOfAll } from '../../support/runtime.ts';

/** Calls of one handler, and what comes of each: the value, or the error's name. */
interface Oddity {
  what: string;
  code: string;
  files?: Record<string, string>;
  variables?: Record<string, string>;
  clientContext?: object;
  /** Between two calls. */
  pauseMs?: number;
  gives: unknown[];
}

const ODDITIES: Oddity[] = [
  {
    what: 'closes, removes or replaces its streams',
    code: `import sys
class Deaf:
  def write(self, text): pass
def handler(event, context):
  if event == 0: sys.stdout.close()
  if event == 1: sys.stdout = None
  sys.stderr = Deaf()
  return event`,
    gives: [0, 1, 2],
  },
  {
    what: 'fails without a standard output',
    code: `import sys
sys.stdout.close()
def handler(event, context): raise KeyError('ü')`,
    variables: { PYTHONIOENCODING: 'ascii' },
    gives: ['KeyError', 'KeyError'],
  },
  {
    what: 'starts processes of its own',
    code: `import multiprocessing, os
def work(pipe): pipe.send(os.getpid())
def handler(event, context):
  pids = set()
  for how in ('fork', 'spawn'):
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context(how).Process(target=work, args=(theirs,))
    child.start(); pids.add(ours.recv()); child.join()
  return [len(pids), os.getpid() in pids]`,
    gives: [
      [2, false],
      [2, false],
    ],
  },
  {
    what: 'clears its environment',
    code: `import os
def handler(event, context):
  os.environ.clear()
  return [context.function_name, context.memory_limit_in_mb]`,
    gives: [
      ['odd', '128'],
      [null, null],
    ],
  },
  {
    what: 'wants a safe path',
    code: 'import sys\ndef handler(event, context): return getattr(sys.flags, "safe_path", True)',
    variables: { PYTHONSAFEPATH: '1' },
    gives: [true],
  },
  {
    what: 'has modules named as those of the runtime, or as Python itself',
    code: `from python import shop
import context, log, runtime
def handler(event, c): return [shop.NAME, context.NAME, log.NAME, runtime.NAME]`,
    files: {
      'python/shop.py': 'NAME = 1',
      'context.py': 'NAME = 2',
      'log.py': 'NAME = 3',
      'runtime.py': 'NAME = 4',
    },
    gives: [[1, 2, 3, 4]],
  },
  {
    what: 'asks who called',
    code: `def handler(event, context):
  context.log('by hand')
  client = context.client_context.client
  return [context.identity.cognito_identity_id, context.tenant_id, client.app_title, client.installation_id,
    context.client_context.env, context.client_context.custom]`,
    clientContext: { client: { app_title: 'Shop' }, custom: { a: 1 } },
    gives: [[null, null, 'Shop', null, null, { a: 1 }]],
  },
  {
    what: 'returns decimals',
    code: `from decimal import Decimal
def handler(event, context): return {'price': Decimal('12.50'), 'all': [Decimal('1E+2'), True, None, 'ü']}`,
    gives: [{ price: 12.5, all: [100, true, null, 'ü'] }],
  },
  {
    what: 'returns very many decimals',
    code: `from decimal import Decimal
def handler(event, context): return [Decimal(n) / 4 for n in range(40000)]`,
    gives: [Array.from({ length: 40_000 }, (_, n) => n / 4)],
  },
  {
    what: 'returns bytes, which may be no JSON',
    code: 'def handler(event, context): return b\'{"raw": true}\'',
    gives: [{ raw: true }],
  },
  {
    what: 'returns what is too deep',
    code: `def handler(event, context):
  deep = []
  for _ in range(200000): deep = [deep]
  return deep`,
    gives: ['Runtime.MarshalError', 'Runtime.MarshalError'],
  },
  {
    what: 'takes too little',
    code: 'def handler(event): return 1',
    gives: ['TypeError'],
  },
  {
    what: 'has no patience, behind a wrapper script',
    code: 'import socket\nsocket.setdefaulttimeout(0.2)\ndef handler(event, context): return event',
    files: { wrapper: '#!/bin/sh\nexec "$@"\n' },
    variables: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrapper' },
    pauseMs: 600,
    gives: [0, 1],
  },
  {
    what: 'calls its module as one of Python',
    code: '',
    files: { 'sys.py': 'def handler(event, context): return 1' },
    gives: ['Runtime.BuiltInModuleConflict'],
  },
];

test('Python functions that do unusual things are served as on Lambda', {
  skip: pythonPath() ? false : 'no python3',
}, async (context) => {
  for (const { what, code, files = {}, variables = {}, clientContext, pauseMs = 0, gives } of ODDITIES) {
    await context.test(what, async () => {
      const it = await new Fixture().open();
      const builtIn = 'sys.py' in files;
      await it.make('odd', '', {
        Runtime: 'python3.13',
        Handler: builtIn ? 'sys.handler' : 'app.handler',
        Code: { ZipFile: zipOfAll({ ...files, 'app.py': code }) },
        Environment: { Variables: variables },
      });
      const headers: Record<string, string> = {};
      if (clientContext)
        headers['x-amz-client-context'] = Buffer.from(JSON.stringify(clientContext)).toString('base64');
      const given = [];
      for (const event of gives.keys()) {
        if (event > 0) await sleep(pauseMs);
        const { value, headers: answered } = await it.invoke('odd', event, headers);
        given.push(answered['x-amz-function-error'] ? value.errorType : value);
      }
      assert.deepEqual(given, gives, it.lines.map(({ line }) => line).join('\n'));
      await it.runtime.close();
    });
  }
});
