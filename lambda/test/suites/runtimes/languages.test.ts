import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonPath } from '../../../src/catalog/runtimes.ts';
import { Fixture, zipOf, zipOfAll } from '../../support/runtime.ts';
import { until } from '../../support/until.ts';

const PYTHON = `
import logging, os, sys
VALUE = os.environ.get('COLOUR')
def handler(event, context):
    logging.getLogger().warning('seen %s', event.get('what'))
    if event['what'] == 'raise': raise KeyError('lost')
    if event['what'] == 'set': return {1, 2}
    if event['what'] == 'exit': sys.exit(3)
    return [event['what'], VALUE, context.function_name, context.aws_request_id, context.get_remaining_time_in_millis() > 1000]
`;

test('Python functions run, fail and log as on Lambda', {
  skip: pythonPath() ? false : 'no python3',
}, async () => {
  const fixture = await new Fixture().open();
  const python = (name: string, code: string, more: object = {}) =>
    fixture.make(name, '', {
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Code: { ZipFile: zipOf(code, 'app.py') },
      ...more,
    });
  await python('snake', PYTHON, { Environment: { Variables: { COLOUR: 'green' } } });
  const { value, headers } = await fixture.invoke('snake', { what: 'ünï' }, { 'x-amz-log-type': 'Tail' });
  assert.deepEqual([value.slice(0, 3), value[4]], [['ünï', 'green', 'snake'], true]);
  assert.equal(value[3], headers['x-amzn-requestid']);
  assert.match(
    Buffer.from(headers['x-amz-log-result'] as string, 'base64').toString(),
    /\[WARNING\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tseen ünï/,
  );
  const raised = (await fixture.invoke('snake', { what: 'raise' })).value;
  assert.deepEqual([raised.errorType, raised.errorMessage], ['KeyError', "'lost'"]);
  assert.match(raised.stackTrace[0], /app\.py", line \d+, in handler/);
  const odd = (await fixture.invoke('snake', { what: 'set' })).value;
  assert.deepEqual(
    [odd.errorType, /Unable to marshal response: .*set/.test(odd.errorMessage)],
    ['Runtime.MarshalError', true],
  );
  assert.match((await fixture.invoke('snake', { what: 'exit' })).value.errorMessage, /exit status 3/);
  assert.equal((await fixture.invoke('snake', { what: 'again' })).value[0], 'again');

  const failures: [string, string, object, RegExp][] = [
    [
      'import',
      'import nowhere',
      {},
      /Unable to import module 'app': No module named 'nowhere'.*ImportModuleError/,
    ],
    ['syntax', 'def (', {}, /Syntax error in module 'app'.*UserCodeSyntaxError/],
    ['missing', 'x = 1', {}, /Handler 'handler' missing on module 'app'.*HandlerNotFound/],
    ['malformed', 'x = 1', { Handler: 'handler' }, /Bad handler 'handler'.*MalformedHandlerName/],
  ];
  for (const [name, code, more, reason] of failures) {
    await python(name, code, more);
    assert.match(JSON.stringify((await fixture.invoke(name)).value), reason);
  }
  await fixture.runtime.close();
});

/** What a process is, as far as a function can see it. */
const PROCESS = `
import locale, os, sys, time
with open('/proc/self/stat') as stat: started = int(stat.read().rsplit(')', 1)[1].split()[19]) / os.sysconf('SC_CLK_TCK')
started_at = time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - started)
def handler(event, context):
    return {'variables': dict(os.environ), 'argv': sys.argv[1:], 'path': sys.path, 'directory': os.getcwd(),
        'flags': [sys.flags.hash_randomization, sys.flags.dont_write_bytecode], 'zone': time.tzname[0],
        'encoding': [sys.stdout.encoding, sys.stdout.errors, sys.getfilesystemencoding(), locale.setlocale(locale.LC_CTYPE)],
        'files': [os.get_inheritable(int(name)) for name in sorted(os.listdir('/proc/self/fd')) if os.path.exists('/proc/self/fd/' + name)],
        'startedMs': started_at * 1000}
`;

const BASH = `#!/bin/bash
# A runtime in plain bash: HTTP over /dev/tcp, one connection for each request.
base=/2018-06-01/runtime/invocation
call() { # method path body
  exec 3<>"/dev/tcp/\${AWS_LAMBDA_RUNTIME_API%:*}/\${AWS_LAMBDA_RUNTIME_API#*:}"
  printf '%s %s HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "$1" "$2" "\${#3}" "$3" >&3
  answer=$(cat <&3)
  exec 3>&-
}
while true; do
  call GET $base/next ''
  id=$(grep -i '^lambda-runtime-aws-request-id:' <<< "$answer" | tr -d '\\r' | cut -d' ' -f2)
  event=$(tail -n 1 <<< "$answer")
  echo "handling $_HANDLER"
  call POST $base/$id/response "{\\"got\\":$event}"
done
`;

test('a package with its own bootstrap runs, and one without says so', {
  skip: existsSync('/bin/bash') ? false : 'no bash',
}, async () => {
  const fixture = await new Fixture().open();
  const custom = { Runtime: 'provided.al2023', Handler: 'my.handler' };
  await fixture.make('shell', '', { ...custom, Code: { ZipFile: zipOf(BASH, 'bootstrap') } });
  for (const n of [1, 2]) assert.deepEqual((await fixture.invoke('shell', { n })).value, { got: { n } });
  await fixture.make('empty', '', { ...custom, Code: { ZipFile: zipOf('', 'readme') } });
  const { value } = await fixture.invoke('empty');
  assert.equal(value.errorType, 'Runtime.InvalidEntrypoint');
  assert.match(value.errorMessage, /^RequestId: [0-9a-f-]{36} Error: Couldn't find valid bootstrap\(s\)/);
  await fixture.runtime.close();
  assert.ok(fixture.lines.some(({ line }) => line === 'handling my.handler'));
});

test('a Python process that was booted in advance is as one that was not', {
  skip: existsSync('/proc/self/stat') && pythonPath() ? false : 'no python3, or no /proc',
}, async () => {
  const it = await new Fixture().open();
  const make = (name: string, Variables: object) =>
    it.make(name, '', {
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Code: { ZipFile: zipOf(PROCESS, 'app.py') },
      Environment: { Variables },
    });
  await make('first', { COLOUR: 'red', TZ: 'America/New_York' });
  const first = (await it.invoke('first')).value;
  let tries = 0;
  const second = await until('a function that becomes a process older than itself', async () => {
    const name = `second-${++tries}`;
    const since = Date.now();
    await make(name, { COLOUR: 'green', TZ: 'Asia/Tokyo' });
    const { value } = await it.invoke(name);
    return value.startedMs < since && value;
  });
  assert.deepEqual([first.zone, second.zone], ['EST', 'JST']);
  const { COLOUR, ...variables } = second.variables;
  assert.equal(COLOUR, 'green');
  assert.deepEqual(Object.keys(first.variables).sort(), [...Object.keys(variables), 'COLOUR'].sort());
  for (const same of ['argv', 'flags', 'encoding', 'files'] as const)
    assert.deepEqual(second[same], first[same], same);
  assert.equal(second.path[0], second.variables.LAMBDA_TASK_ROOT);
  assert.equal(second.directory, second.variables.LAMBDA_TASK_ROOT);
  // What Python reads when it starts.
  await make('third', { PYTHONHASHSEED: '0' });
  assert.equal((await it.invoke('third')).value.flags[0], 0);
  await it.runtime.close();
});

test('variables that Node reads when it starts are honoured, and none of a parked process is left', async () => {
  const it = await new Fixture().open();
  await it.make(
    'options',
    'exports.handler = async () => [process.execArgv.length, process.env, process.title];',
    {
      Environment: { Variables: { NODE_OPTIONS: '--title=mine' } },
    },
  );
  const own = await it.invoke('options');
  assert.equal(own.value[2], 'mine');
  // By now one is parked, which the next function becomes.
  await sleep(500);
  await it.make('german', 'exports.handler = async () => (1234.5).toLocaleString();', {
    Environment: { Variables: { LANG: 'de_DE.UTF-8' } },
  });
  assert.equal((await it.invoke('german')).value, '1.234,5');
  await it.make('homely', 'exports.handler = async () => require("node:module").globalPaths;', {
    Environment: { Variables: { HOME: '/home/of/mine' } },
  });
  assert.ok((await it.invoke('homely')).value.includes('/home/of/mine/.node_modules'));
  await it.make(
    'plain',
    'exports.handler = async () => [process.execArgv.length, process.env, process.title];',
    {
      Environment: { Variables: { COLOUR: 'green' } },
    },
  );
  const parked = await it.invoke('plain');
  assert.equal(parked.value[1].COLOUR, 'green');
  assert.equal(parked.value[1].NODE_OPTIONS, undefined);
  assert.equal(parked.value[1].PATH, own.value[1].PATH);
  const names = (variables: object) =>
    Object.keys(variables).filter((name) => !/^(COLOUR|NODE_OPTIONS)$/.test(name));
  assert.deepEqual(names(parked.value[1]).sort(), names(own.value[1]).sort());
});

/** Passes requests on; a question for the next invocation it gives up after a moment, and leaves its own one open. */
const FORGETFUL_PROXY = `
const { createServer, request } = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const server = createServer((incoming, answer) => {
  const { method, url: path, headers } = incoming;
  const onward = request({ host, port, method, path, headers, agent: false }, (answered) => {
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
  });
  if (path.endsWith('/next')) setTimeout(() => answer.headersSent || incoming.socket.destroy(), 400);
  incoming.pipe(onward);
});
server.listen(0, '127.0.0.1', () => require('node:fs').writeFileSync(process.argv[2], '127.0.0.1:' + server.address().port));
`;

test('a runtime that lost its question for the next invocation ends, and takes no refusal for an event', {
  skip: pythonPath() ? false : 'no python3',
}, async (context) => {
  const wrapper = `#!/bin/sh
file="\${TMPDIR:-/tmp}/proxy"
"${process.execPath}" "$LAMBDA_TASK_ROOT/proxy.cjs" "$file" &
until [ -s "$file" ]; do sleep 0.02; done
export AWS_LAMBDA_RUNTIME_API="$(cat "$file")"
exec "$@"
`;
  const codes = {
    'nodejs24.x': { 'app.js': 'exports.handler = async (event) => { console.log("RUN"); return event; };' },
    'python3.13': { 'app.py': 'def handler(event, context):\n  print("RUN")\n  return event' },
  };
  for (const [Runtime, files] of Object.entries(codes)) {
    await context.test(Runtime, async () => {
      // The proxy is Node's own program, which a sandbox has elsewhere.
      const it = await new Fixture().open({ isolation: 'off' });
      await it.make('lost', '', {
        Runtime,
        Handler: 'app.handler',
        Code: { ZipFile: zipOfAll({ ...files, wrapper, 'proxy.cjs': FORGETFUL_PROXY }) },
        Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrapper' } },
      });
      const values = [];
      for (const n of [1, 2, 3]) {
        const { value } = await it.invoke('lost', n);
        values.push(value.errorType ?? value);
        await sleep(1_000);
      }
      // The second went to the question that nobody waited for any more.
      assert.deepEqual(values, [1, 'Runtime.ExitError', 3]);
      await it.runtime.close();
      assert.equal(it.lines.filter(({ line }) => line.includes('RUN')).length, 2);
    });
  }
});
