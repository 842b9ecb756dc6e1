// The console of a function: each record is one line, as text with its time, the invocation and a level, or as JSON.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format } from 'node:util';
import { describe } from './user-code.mjs';

const { env } = process;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** An invocation's id; outside of one there is none. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `requestId()` names the invocation that runs. */
export function defineConsole(requestId) {
  const recordOf = isJson() ? jsonRecord : textRecord;
  const least = Math.max(LEVELS.indexOf(env.AWS_LAMBDA_LOG_LEVEL?.toLowerCase()), 0);
  for (const [place, level] of LEVELS.entries()) {
    const write = (...values) => {
      process.stdout.write(
        `${recordOf(new Date().toISOString(), requestId(), level.toUpperCase(), values)}\n`,
      );
    };
    console[level] = place < least ? () => {} : write;
  }
  console.log = console.info;
}

/** Writes what was thrown as the runtime does, with all of its own properties. */
export function logError(what, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isJson()) {
    console.error(error);
    return;
  }
  let text;
  try {
    text = JSON.stringify(error, withProperties);
  } catch {
    text = JSON.stringify(describe(error));
  }
  console.error(what, `\t${text}`);
}

function isJson() {
  return env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
}

/** Lines of one record stay together. */
function textRecord(time, requestId, level, [message, ...more]) {
  return [time, requestId, level, format(message, ...more)].join('\t').replaceAll('\n', '\r');
}

function jsonRecord(timestamp, requestId, level, values) {
  const record = { timestamp, level, requestId: ID.test(requestId) ? requestId : undefined };
  const [message] = values;
  if (values.length !== 1) {
    const error = values.find((value) => value instanceof Error);
    return JSON.stringify({ ...record, message: format(...values), ...(error ? described(error) : {}) });
  }
  try {
    const replacer = (_, value) => (value instanceof Error ? { ...described(value), ...value } : value);
    return JSON.stringify({ ...record, message }, replacer);
  } catch {
    // It refers to itself, or holds what JSON has no words for.
    return JSON.stringify({ ...record, message: format(message) });
  }
}

function described(error) {
  const stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  return { errorType: error.constructor?.name ?? 'UnknownError', errorMessage: error.message, stackTrace };
}

function withProperties(_, value) {
  if (!(value instanceof Error)) return value;
  const { name, message, code, stack } = value;
  const shown = { errorType: name, errorMessage: message, code, ...value };
  return typeof stack === 'string' ? { ...shown, stack: stack.split('\n') } : shown;
}
