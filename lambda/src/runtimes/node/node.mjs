// The runtime client of a Node function: asks the Runtime API for an invocation, calls the handler, sends the result.
// It behaves like the Lambda runtime for Node, and ends with its process group as soon as the Runtime API has gone,
// so that a killed control room leaves nothing behind.
import { finished } from 'node:stream/promises';
import { callsBack, callWithCallback, refuseCallback, supportCallbacks } from './callbacks.mjs';
import { contextOf } from './context.mjs';
import { resolveLocalhostNames } from './localhost-names.mjs';
import { defineConsole, logError } from './log.mjs';
import { takeOrders } from './orders.mjs';
import { defineAwslambda, isStreaming, ResponseStream } from './response-stream.mjs';
import { describe, loadHandler } from './user-code.mjs';

const { env } = process;
let runtime;
/** Request id of the invocation that runs, and the stream of its answer. */
let present;
let presentStream;
let initialised = false;
let failing = false;
/** The invocation that lines of the log belong to. */
let logged;

// What a handler wrote must have left the process before its answer does: lines are attributed by who runs.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

function endProcessGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

/** An error nobody caught: the invocation fails, and the process with it. */
function failAndExit(error, description, status) {
  if (failing) return;
  failing = true;
  logError(present === undefined ? 'Uncaught Exception' : 'Invoke Error', error);
  // Between two invocations there is nothing that could fail but this process.
  if (initialised && present === undefined) process.exit(status);
  const told = presentStream?.begun ? runtime.breakStream(description) : runtime.fail(present, description);
  told.finally(() => process.exit(status));
}

/** Runs one invocation and resolves to the next one. `call(handler, event, context)` gives the result. */
async function run(handler, call, { headers, body }) {
  const requestId = headers['lambda-runtime-aws-request-id'];
  present = requestId;
  logged = requestId;
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  const input = { event: JSON.parse(body.toString('utf8')), context: contextOf(headers) };
  if (isStreaming(handler)) return await runStreaming(handler, requestId, input);
  // While the handler runs, only its own work keeps the process going.
  runtime.rest();
  const { json, error } = await resultOf(() => call(handler, input.event, input.context));
  // The process is about to end: it must not ask for another invocation.
  if (failing) return await new Promise(() => {});
  present = undefined;
  return error ? await runtime.failAndNext(requestId, error) : await runtime.respondAndNext(requestId, json);
}

/** The same for a handler that writes its answer to a stream: the answer ends when the handler ends the stream. */
async function runStreaming(handler, requestId, { event, context }) {
  const stream = new ResponseStream((contentType) => runtime.stream(requestId, contentType), handler);
  presentStream = stream;
  const { error } = await resultOf(async () => {
    const returned = handler(event, stream, context);
    if (typeof returned?.then !== 'function')
      throw new Error('Streaming does not support non-async handlers.');
    if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
    await finished(stream);
    stream.begin();
    return null;
  });
  // What was ended before the error is whole.
  const whole = error && stream.writableEnded && !stream.errored;
  if (whole) await finished(stream);
  if (failing) return await new Promise(() => {});
  present = undefined;
  presentStream = undefined;
  // What the handler still writes after an error must not reach the connection.
  if (error) stream.destroy();
  if (!stream.begun) return await runtime.failAndNext(requestId, error);
  return await runtime.endStreamAndNext(whole ? undefined : error);
}

/** What the handler returned, as JSON, or a description of what it threw. */
async function resultOf(perform) {
  try {
    return { json: serialised(await perform()) };
  } catch (thrown) {
    logError('Invoke Error', thrown);
    return { error: describe(thrown) };
  }
}

function serialised(result = null) {
  let json;
  try {
    json = JSON.stringify(result);
  } catch {
    const error = new Error('Unable to stringify response body');
    error.name = 'Runtime.JSONStringifyError';
    throw error;
  }
  // A function or a symbol has no JSON; the Lambda runtime says no more than this.
  if (json === undefined) throw new TypeError('Wrong arguments');
  return json;
}

/** How handlers of this function's runtime are called. */
function callOf(handler) {
  if (callsBack(env.AWS_EXECUTION_ENV)) return callWithCallback;
  if (!isStreaming(handler)) refuseCallback(handler);
  return (handle, event, context) => handle(event, context);
}

async function start() {
  resolveLocalhostNames();
  defineAwslambda();
  runtime = await takeOrders(endProcessGroup);
  const older = callsBack(env.AWS_EXECUTION_ENV);
  logged = older ? 'undefined' : '-';
  defineConsole(() => logged);
  if (older) supportCallbacks(describe, failAndExit);
  let handler;
  let call;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
    call = callOf(handler);
  } catch (error) {
    failAndExit(error, describe(error), 1);
    return;
  }
  initialised = true;
  let invocation = await runtime.next();
  // Whoever answers anything else has no invocation for us.
  while (invocation.status === 200) invocation = await run(handler, call, invocation);
  endProcessGroup();
}

start();
