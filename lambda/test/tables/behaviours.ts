/** What functions do, in one table for every runtime client: each row once in each language that can do it. */
import type { Language } from '../clients/clients.ts';

/** Files by name, or the text of `index.js`, `index.py` or `index.sh`. */
type Code = string | Record<string, string>;

export interface Ending {
  /** What the handler returned. */
  value?: unknown;
  /** Name and message of the error. */
  error?: [type: string, message: RegExp];
  /** What a function that streams wrote. */
  text?: string;
  /** Lines of the log; times are `TIME` and the request's id is `ID`. */
  lines?: (string | RegExp)[];
}

export interface Behaviour extends Partial<Record<Language, Code>> {
  name: string;
  /** `index.handler` unless given. */
  handler?: string;
  /** Of invocations one after the other; the last one's end is the expected one. `{}` unless given. */
  payloads?: unknown[];
  clientContext?: object;
  timeoutSeconds?: number;
  /** Invoked with a response stream. */
  streams?: boolean;
  /** In every language, or where a language has words of its own for it. */
  ends: Ending | Partial<Record<Language, Ending>>;
}

const FIVE_MB = 5_000_000;

export const RESULTS: Behaviour[] = [
  {
    name: 'an async handler gets the event and its value is the answer',
    node: 'exports.handler = async (event) => event;',
    python: 'def handler(event, context): return event',
    bash: 'handle() { echo "$1"; }',
    payloads: [{ first: true }, { a: [1, 'ü', null], b: 'line\nbreak' }],
    ends: { value: { a: [1, 'ü', null], b: 'line\nbreak' } },
  },
  {
    name: 'a handler that is not async answers with its value',
    node: 'exports.handler = () => 7;',
    ends: { value: 7 },
  },
  {
    name: 'a promise of any make decides',
    node: 'exports.handler = () => ({ then: (resolve) => setTimeout(resolve, 5, "later") });',
    ends: { value: 'later' },
  },
  {
    name: 'a handler gets two arguments',
    node: 'exports.handler = async (...given) => given.length;',
    python: 'def handler(*given): return len(given)',
    ends: { value: 2 },
  },
  {
    name: 'a handler with a callback is refused',
    node: 'exports.handler = (event, context, callback) => callback(null, 1);',
    ends: {
      error: ['Runtime.CallbackHandlerDeprecated', /^ERROR: AWS Lambda has removed support for callback/],
    },
  },
  {
    name: 'nothing is null',
    node: 'exports.handler = async () => {};',
    python: 'def handler(event, context): pass',
    ends: { value: null },
  },
  {
    name: 'a value without JSON is an error',
    node: 'exports.handler = async () => { const a = {}; a.a = a; return a; };',
    python: 'def handler(event, context): return {1, 2}',
    ends: {
      node: { error: ['Runtime.JSONStringifyError', /^Unable to stringify response body$/] },
      python: {
        error: ['Runtime.MarshalError', /^Unable to marshal response: .*set is not JSON serializable/],
      },
    },
  },
  {
    name: 'a function is no value',
    node: 'exports.handler = async () => () => 1;',
    ends: { error: ['TypeError', /^Wrong arguments$/] },
  },
  {
    name: 'a large event arrives whole',
    node: 'exports.handler = async ({ text }) => [text.length, text.slice(-3)];',
    python: 'def handler(event, context): return [len(event["text"]), event["text"][-3:]]',
    payloads: [{ text: `${'x'.repeat(FIVE_MB)}end` }],
    ends: { value: [FIVE_MB + 3, 'end'] },
  },
  {
    name: 'a large answer leaves whole',
    node: `exports.handler = async () => 'x'.repeat(${FIVE_MB});`,
    python: `def handler(event, context): return 'x' * ${FIVE_MB}`,
    ends: { value: 'x'.repeat(FIVE_MB) },
  },
  {
    name: 'an answer that is too large is an error, and the next one works',
    node: 'exports.handler = async (n) => "x".repeat(n);',
    python: 'def handler(n, context): return "x" * n',
    payloads: [7_000_000, 3],
    ends: { value: 'xxx' },
  },
  {
    name: 'a promise that nothing can settle ends the process',
    node: 'exports.handler = () => new Promise(() => {});',
    ends: { error: ['Runtime.ExitError', /Runtime exited without providing a reason$/] },
  },
  {
    name: 'the context names the invocation and the function',
    node: `exports.handler = async (event, c) => [c.awsRequestId.length, c.functionVersion, c.memoryLimitInMB,
      c.invokedFunctionArn.split(':').at(-1) === c.functionName, c.logGroupName === '/aws/lambda/' + c.functionName,
      c.getRemainingTimeInMillis() > 1000, c.clientContext];`,
    python: `def handler(event, c): return [len(c.aws_request_id), c.function_version, c.memory_limit_in_mb,
      c.invoked_function_arn.split(':')[-1] == c.function_name, c.log_group_name == '/aws/lambda/' + c.function_name,
      c.get_remaining_time_in_millis() > 1000, {'custom': c.client_context.custom}]`,
    clientContext: { custom: { who: 'Zoë' } },
    ends: { value: [36, '$LATEST', '512', true, true, true, { custom: { who: 'Zoë' } }] },
  },
  {
    name: 'the context has these members and no others',
    node: 'exports.handler = async (event, c) => [Object.keys(c).sort().join(" "), c.xRayTraceId === process.env._X_AMZN_TRACE_ID];',
    ends: {
      value: [
        'awsRequestId clientContext functionName functionVersion getRemainingTimeInMillis identity invokedFunctionArn logGroupName logStreamName memoryLimitInMB tenantId xRayTraceId',
        true,
      ],
    },
  },
];

export const MODULES: Behaviour[] = [
  {
    name: 'an ECMAScript module',
    node: { 'index.mjs': 'export const handler = async () => typeof require;' },
    ends: { value: 'undefined' },
  },
  {
    name: 'a module by package.json, with top-level await',
    node: {
      'package.json': '{"type":"module"}',
      'index.js': 'await 1; export const handler = async () => "ok";',
    },
    ends: { value: 'ok' },
  },
  {
    name: 'a CommonJS file by its name',
    node: { 'index.cjs': 'exports.handler = async () => typeof require;' },
    ends: { value: 'function' },
  },
  {
    name: 'a handler in the default export',
    node: { 'index.mjs': 'export default { handler: async () => "default" };' },
    ends: { value: 'default' },
  },
  {
    name: 'a handler deep in a file below a folder',
    node: { 'src/app.js': 'exports.api = { get: async () => "got" };' },
    handler: 'src/app.api.get',
    ends: { value: 'got' },
  },
  {
    name: 'a handler in a module of a package',
    node: { 'node_modules/shop/index.js': 'exports.handler = async () => "package";' },
    python: { 'shop/__init__.py': '', 'shop/cart.py': 'def handler(event, context): return "package"' },
    handler: 'shop.handler',
    ends: {
      node: { value: 'package' },
      python: { error: ['Runtime.HandlerNotFound', /^Handler 'handler' missing on module 'shop'$/] },
    },
  },
  {
    name: 'a file that is not there',
    node: { 'other.js': '' },
    python: { 'other.py': '' },
    ends: {
      node: {
        error: ['Runtime.ImportModuleError', /^Error: Cannot find module 'index'\nRequire stack:\n- /],
      },
      python: {
        error: ['Runtime.ImportModuleError', /^Unable to import module 'index': No module named 'index'$/],
      },
    },
  },
  {
    name: 'a module that is not there',
    node: 'require("nowhere");',
    python: 'import nowhere',
    ends: {
      node: {
        error: ['Runtime.ImportModuleError', /^Error: Cannot find module 'nowhere'\nRequire stack:\n- /],
      },
      python: {
        error: ['Runtime.ImportModuleError', /^Unable to import module 'index': No module named 'nowhere'$/],
      },
    },
  },
  {
    name: 'an imported package that is not there stays an error of Node',
    node: { 'index.mjs': 'import "nowhere";' },
    ends: { error: ['Error', /^Cannot find package 'nowhere' imported from .*index\.mjs$/] },
  },
  {
    name: 'code with a syntax error',
    node: 'exports.handler = async ( => 1',
    python: 'def (',
    ends: {
      node: { error: ['Runtime.UserCodeSyntaxError', /^SyntaxError: Unexpected token '=>'$/] },
      python: {
        error: [
          'Runtime.UserCodeSyntaxError',
          /^Syntax error in module 'index': invalid syntax \(index\.py, line 1\)$/,
        ],
      },
    },
  },
  {
    name: 'a handler that is not exported',
    node: 'exports.other = 1;',
    python: 'other = 1',
    ends: {
      node: { error: ['Runtime.HandlerNotFound', /^index\.handler is undefined or not exported$/] },
      python: { error: ['Runtime.HandlerNotFound', /^Handler 'handler' missing on module 'index'$/] },
    },
  },
  {
    name: 'a handler that is no function',
    node: 'exports.handler = 5;',
    ends: { error: ['Runtime.HandlerNotFound', /^index\.handler is not a function$/] },
  },
  {
    name: 'a handler name without a module',
    node: 'exports.handler = async () => 1;',
    python: 'def handler(event, context): pass',
    handler: 'index',
    ends: {
      node: { error: ['Runtime.MalformedHandlerName', /^Bad handler$/] },
      python: {
        error: ['Runtime.MalformedHandlerName', /^Bad handler 'index': not enough values to unpack/],
      },
    },
  },
  {
    name: 'a handler name that climbs',
    node: 'exports.handler = async () => 1;',
    handler: '../index.handler',
    ends: { error: ['Runtime.MalformedHandlerName', /^'\.\.\/index\.handler' is not a valid handler name/] },
  },
];
