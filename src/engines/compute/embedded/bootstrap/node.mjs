// The runtime client of a Node function: asks the Runtime API for an invocation, calls the handler, sends the result.
// It behaves like the Lambda runtime for Node, and ends with its process group as soon as the Runtime API has gone,
// so that a killed control room leaves nothing behind.
import { finished } from 'node:stream/promises';
import { resolveLocalhostNames } from './localhost-names.mjs';
import { takeOrders } from './orders.mjs';
import { defineAwslambda, isStreaming, ResponseStream } from './response-stream.mjs';
import { RuntimeConnection } from './runtime-connection.mjs';
import { describe, loadHandler } from './user-code.mjs';

const { env } = process;
let runtime;
/** Request id of the invocation that runs, and the stream of its answer. */
let present;
let presentStream;
let shared;
/** Ends a handler that has neither returned a promise nor called back, when nothing is left to do. */
let onIdle;
let initialised = false;
let failing = false;

// What a handler wrote must have left the process before its answer does: lines are attributed by who runs.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

function endProcessGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

function writeError(requestId, what, error) {
  const line = `${new Date().toISOString()}\t${requestId ?? 'init'}\tERROR\t${what}\t${JSON.stringify(error)}\n`;
  process.stderr.write(line);
}

/** An error nobody caught: the invocation fails, and the process with it. */
function failAndExit(error, status) {
  if (failing) return;
  failing = true;
  writeError(present, present === undefined ? 'Uncaught Exception' : 'Invoke Error', error);
  // Between two invocations there is nothing that could fail but this process.
  if (initialised && present === undefined) process.exit(status);
  const told = presentStream?.begun ? runtime.breakStream(error) : runtime.fail(present, error);
  told.finally(() => process.exit(status));
}

process.on('beforeExit', () => onIdle?.());
process.on('uncaughtException', (error) => failAndExit(describe(error), 129));
process.on('unhandledRejection', (reason) => {
  const description = describe(reason);
  failAndExit(
    {
      ...description,
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: `${description.errorType}: ${description.errorMessage}`,
    },
    128,
  );
});

/** What is the same for all invocations: each look into the environment costs about as much as parsing the event. */
function sharedContext() {
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const client = headers['lambda-runtime-client-context'];
  return {
    callbackWaitsForEmptyEventLoop: true,
    ...shared,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    clientContext: client === undefined ? undefined : JSON.parse(client),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

/**
 * Calls the handler: a promise it returns decides, else the callback does. A callback's result is sent when the
 * event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false; a handler that neither returns a promise
 * nor calls back before the event loop is empty has returned null.
 */
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    let finish = () => resolve(null);
    onIdle = () => finish();
    const done = (error, value) => {
      finish = error === null || error === undefined ? () => resolve(value) : () => reject(error);
      if (context.callbackWaitsForEmptyEventLoop === false) setImmediate(finish);
    };
    context.done = done;
    context.succeed = (value) => done(null, value);
    context.fail = (error) => done(error ?? new Error('the function failed'));
    const result = handler(event, context, done);
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
}

/** Runs one invocation and resolves to the next one. */
async function run(handler, { headers, body }) {
  const requestId = headers['lambda-runtime-aws-request-id'];
  present = requestId;
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  if (isStreaming(handler)) return await runStreaming(handler, requestId, headers, body);
  const { json, error } = await resultOf(call, handler, headers, body);
  // The process is about to end: it must not ask for another invocation.
  if (failing) return await new Promise(() => {});
  present = undefined;
  return error ? await runtime.failAndNext(requestId, error) : await runtime.respondAndNext(requestId, json);
}

/** The same for a handler that writes its answer to a stream. */
async function runStreaming(handler, requestId, headers, body) {
  const stream = new ResponseStream((contentType) => runtime.stream(requestId, contentType));
  presentStream = stream;
  const written = async (_, event, context) => {
    await handler(event, stream, context);
    if (!stream.writableEnded) stream.end();
    await finished(stream);
    stream.begin();
  };
  const { error } = await resultOf(written, handler, headers, body);
  if (failing) return await new Promise(() => {});
  present = undefined;
  presentStream = undefined;
  // What the handler still writes after an error must not reach the connection.
  if (error) stream.destroy();
  return stream.begun ? await runtime.endStreamAndNext(error) : await runtime.failAndNext(requestId, error);
}

/** What the handler returned, as JSON, or what it threw. */
async function resultOf(perform, handler, headers, body) {
  try {
    const context = contextOf(headers);
    const event = JSON.parse(body.toString('utf8'));
    runtime.rest();
    return { json: serialised(await perform(handler, event, context)) };
  } catch (thrown) {
    const error = describe(thrown);
    writeError(present, 'Invoke Error', error);
    return { error };
  }
}

function serialised(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    const error = new Error(`Unable to stringify response body: ${cause.message}`);
    error.name = 'Runtime.UnserializableResponse';
    throw error;
  }
}

async function start() {
  resolveLocalhostNames();
  defineAwslambda();
  runtime = new RuntimeConnection(await takeOrders(endProcessGroup));
  let handler;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    failAndExit(describe(error), 1);
    return;
  }
  initialised = true;
  shared = sharedContext();
  let invocation = await runtime.next();
  for (;;) invocation = await run(handler, invocation);
}

start();
