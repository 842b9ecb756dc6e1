// The console of a function: each record is one line with its time, the invocation and a level.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format } from 'node:util';
import { describe } from './user-code.mjs';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** `requestId()` names the invocation that runs. */
export function defineConsole(requestId) {
  for (const level of LEVELS) {
    console[level] = (message, ...parameters) => {
      const text = format(message, ...parameters);
      const record = [new Date().toISOString(), requestId(), level.toUpperCase(), text].join('\t');
      // Lines of one record stay together.
      process.stdout.write(`${record.replaceAll('\n', '\r')}\n`);
    };
  }
  console.log = console.info;
}

/** Writes what was thrown as the runtime does, with all of its own properties. */
export function logError(what, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  let text;
  try {
    text = JSON.stringify(error, withProperties);
  } catch {
    text = JSON.stringify(describe(error));
  }
  console.error(what, `\t${text}`);
}

function withProperties(_, value) {
  if (!(value instanceof Error)) return value;
  const { name, message, code, stack } = value;
  const shown = { errorType: name, errorMessage: message, code, ...value };
  return typeof stack === 'string' ? { ...shown, stack: stack.split('\n') } : shown;
}
