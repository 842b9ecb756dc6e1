/** More rows of the table: what goes wrong in functions, what they log, and how they stream. */
import type { Behaviour } from './behaviours.ts';

const error = (type: string, message: RegExp) => ({ error: [type, message] }) as { error: [string, RegExp] };
const exits = (how: string) =>
  error('Runtime.ExitError', new RegExp(`^RequestId: ID Error: Runtime exited ${how}$`));

export const FAILURES: Behaviour[] = [
  {
    name: 'an error has its name, its message and a trace',
    node: 'exports.handler = async () => { throw new TypeError("no such colour"); };',
    python: 'def handler(event, context): raise TypeError("no such colour")',
    bash: `handle() { echo '{"errorType":"TypeError","errorMessage":"no such colour"}'; return 1; }`,
    ends: error('TypeError', /^no such colour$/),
  },
  {
    name: 'an error thrown before any promise is the same',
    node: 'exports.handler = () => { throw new RangeError("at once"); };',
    ends: error('RangeError', /^at once$/),
  },
  {
    name: 'an error of its own class is called what it calls itself, and logged with all it has',
    node: `class NoStock extends Error { name = 'NoStock'; code = 42; left = { red: 0 }; }
      exports.handler = async () => { throw new NoStock('sold out'); };`,
    python: `class NoStock(Exception): pass
def handler(event, context): raise NoStock('sold out')`,
    ends: {
      node: {
        ...error('NoStock', /^sold out$/),
        lines: [
          /^TIME\tID\tERROR\tInvoke Error \t\{"errorType":"NoStock","errorMessage":"sold out","code":42,"name":"NoStock","left":\{"red":0\},"stack":\[/,
        ],
      },
      python: error('NoStock', /^sold out$/),
    },
  },
  {
    name: 'a text that is thrown',
    node: 'exports.handler = async () => { throw "plain"; };',
    ends: error('string', /^plain$/),
  },
  {
    name: 'nothing that is thrown',
    node: 'exports.handler = async () => { throw undefined; };',
    ends: error('undefined', /^undefined$/),
  },
  {
    name: 'an object that is thrown is no error',
    node: 'exports.handler = async () => { throw { name: "N", message: "m", stack: "s" }; };',
    ends: error('object', /^\[object Object\]$/),
  },
  {
    name: 'an error that cannot be read',
    node: 'exports.handler = async () => { const e = new Error("x"); e.message = 5; throw e; };',
    ends: error('handled', /^callback called with Error argument, but there was a problem/),
  },
  {
    name: 'a name and a message that no header carries',
    node: 'exports.handler = async () => { const e = new Error("grün\\x7f"); e.name = "Fehler\\nÜ"; throw e; };',
    ends: error('Fehler\nÜ', /^grün%7F$/),
  },
  {
    name: 'after an error the next invocation works in the same process',
    node: 'let n = 0; exports.handler = async () => { if (n++ === 0) throw new Error("first"); return n; };',
    python: `n = 0
def handler(event, context):
  global n
  n += 1
  if n == 1: raise ValueError('first')
  return n`,
    payloads: [1, 2],
    ends: { value: 2 },
  },
  {
    name: 'an error outside the handler',
    node: 'throw new TypeError("at start");',
    python: 'raise TypeError("at start")',
    ends: error('TypeError', /^at start$/),
  },
  {
    name: 'an exit in the handler',
    node: 'exports.handler = async () => process.exit(3);',
    python: `import sys
def handler(event, context): sys.exit(3)`,
    bash: 'handle() { kill -KILL $$; }',
    ends: {
      node: exits('with error: exit status 3'),
      python: exits('with error: exit status 3'),
      bash: exits('with error: signal: killed'),
    },
  },
  {
    name: 'an exit without a reason',
    node: 'exports.handler = async () => process.exit(0);',
    python: `import sys
def handler(event, context): sys.exit()`,
    ends: exits('without providing a reason'),
  },
  {
    name: 'an exit outside the handler',
    node: 'process.exit(4);',
    python: 'import os; os._exit(4)',
    bash: 'exit 4',
    ends: exits('with error: exit status 4'),
  },
  {
    name: 'a segmentation fault',
    node: 'exports.handler = async () => process.kill(process.pid, "SIGSEGV");',
    python: `import os, signal
def handler(event, context): os.kill(os.getpid(), signal.SIGSEGV)`,
    ends: exits('with error: signal: segmentation fault'),
  },
  {
    name: 'a rejection that nobody handles ends the process',
    node: `exports.handler = async () => {
      Promise.reject(new RangeError('lost')); await new Promise((r) => setTimeout(r, 2000)); return 1; };`,
    ends: exits('with error: exit status 1'),
  },
  {
    name: 'an error that nobody catches ends the process',
    node: `exports.handler = async () => {
      setTimeout(() => { throw new RangeError('lost'); }); await new Promise((r) => setTimeout(r, 2000)); return 1; };`,
    ends: exits('with error: exit status 1'),
  },
  {
    name: 'a function that catches them itself goes on',
    node: `process.on('uncaughtException', ({ message }) => console.warn(message));
      exports.handler = async () => {
        setTimeout(() => { throw new RangeError('caught'); }); await new Promise((r) => setTimeout(r, 50)); return 1; };`,
    ends: { value: 1, lines: ['TIME\tID\tWARN\tcaught'] },
  },
  {
    name: 'a handler that does not come back is stopped',
    node: 'exports.handler = () => { for (;;); };',
    python: `def handler(event, context):
  while True: pass`,
    bash: 'handle() { while true; do :; done; }',
    timeoutSeconds: 1,
    ends: { error: ['', /^TIME ID Task timed out after 1\.00 seconds$/] },
  },
];

export const LOGS: Behaviour[] = [
  {
    name: 'each record of the console has a time, the request and a level, in one line',
    node: `exports.handler = async () => {
      console.debug('d'); console.log('%s has %d', 'it', 2, { a: 1 }); console.info('i'); console.warn('w');
      console.error('first\\nsecond'); console.trace('t'); console.log(); };`,
    ends: {
      lines: [
        'TIME\tID\tDEBUG\td',
        'TIME\tID\tINFO\tit has 2 { a: 1 }',
        'TIME\tID\tINFO\ti',
        'TIME\tID\tWARN\tw',
        'TIME\tID\tERROR\tfirst',
        'second',
        'TIME\tID\tTRACE\tt',
        'TIME\tID\tINFO\tundefined',
      ],
    },
  },
  {
    name: 'what is written without the console stays as it is',
    node: 'exports.handler = async () => { process.stdout.write("plain\\n"); console.dir({ a: 1 }); };',
    python: `def handler(event, context):
  print('plain')
  print({'a': 1})`,
    bash: `handle() { echo plain >&2; echo "{ a: 1 }" >&2; echo null; }`,
    ends: {
      node: { lines: ['plain', '{ a: 1 }'] },
      bash: { lines: ['plain', '{ a: 1 }'] },
      python: { lines: ['plain', "{'a': 1}"] },
    },
  },
  {
    name: 'records of logging have a level, a time and the request',
    python: `import logging
def handler(event, context): logging.getLogger().warning('seen %s', 1)`,
    ends: { lines: [/^\[WARNING\]\tTIME\tID\tseen 1$/] },
  },
];

const streamed = (body: string, more = '') =>
  `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} })${more};`;

export const STREAMS: Behaviour[] = [
  {
    name: 'parts',
    node: streamed('stream.write("a"); stream.write(Buffer.from("b")); stream.end("c");'),
    ends: { text: 'abc' },
  },
  {
    name: 'what is no text goes out as JSON',
    node: streamed('stream.write({ a: 1 }); stream.write(5); stream.end();'),
    ends: { text: '{"a":1}5' },
  },
  { name: 'nothing', node: streamed('stream.end();'), ends: { text: '' } },
  {
    name: 'a pipeline',
    node: streamed(
      `await require('node:stream/promises').pipeline(require('node:stream').Readable.from(['a', 'b']), stream);`,
    ),
    ends: { text: 'ab' },
  },
  {
    name: 'a stream that ends after its handler',
    node: streamed('stream.write("a"); setTimeout(() => stream.end("b"), 50);'),
    ends: { text: 'ab' },
  },
  {
    name: 'a returned value is ignored with a warning',
    node: streamed('stream.end("a"); return 1;'),
    ends: { text: 'a', lines: ['TIME\tID\tWARN\tStreaming handlers ignore return values.'] },
  },
  {
    name: 'a stream that nobody ends runs into the timeout',
    node: streamed('stream.write("a");'),
    timeoutSeconds: 1,
    ends: { text: 'a', error: ['Sandbox.Timedout', /Task timed out after 1\.00 seconds$/] },
  },
  {
    name: 'an error before the first part',
    node: streamed('throw new TypeError("early");'),
    ends: { text: '', ...error('TypeError', /^early$/) },
  },
  {
    name: 'an error after the first part, and the next invocation works',
    node: streamed(
      'stream.write("a"); await new Promise((r) => setTimeout(r, 20)); if (event.fail) throw new TypeError("half"); stream.end();',
    ),
    payloads: [{ fail: true }, { fail: false }, { fail: true }],
    ends: { text: 'a', ...error('TypeError', /^half$/) },
  },
  {
    name: 'an error after the end is only logged',
    node: streamed('stream.end("a"); throw new TypeError("late");'),
    ends: {
      text: 'a',
      lines: [/^TIME\tID\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"late"/],
    },
  },
  {
    name: 'an exit in the middle',
    node: streamed('stream.write("a"); await new Promise((r) => setTimeout(r, 50)); process.exit(3);'),
    ends: { text: 'a', ...exits('with error: exit status 3') },
  },
  {
    name: 'a handler that is not async is told so',
    node: 'exports.handler = awslambda.streamifyResponse((event, stream) => { stream.end("a"); });',
    ends: { text: 'a', lines: [/Streaming does not support non-async handlers\./] },
  },
  {
    name: 'status and headers come before the first part that is written',
    node: streamed(
      'const page = awslambda.HttpResponseStream.from(stream, { statusCode: 201 }); page.write("a"); page.end();',
    ),
    ends: { text: `{"statusCode":201}${'\0'.repeat(8)}a` },
  },
  {
    name: 'the content type comes too late after it',
    node: streamed('stream.write("a"); stream.setContentType("text/html");'),
    ends: {
      text: 'a',
      ...error('Runtime.InvalidStreamingOperation', /^Cannot set content-type, too late\.$/),
    },
  },
  {
    name: 'a plain invocation gets the whole',
    node: streamed('stream.write("["); stream.end("1]");'),
    streams: false,
    ends: { value: [1] },
  },
].map((row): Behaviour => ({ streams: true, ...row }) as Behaviour);
