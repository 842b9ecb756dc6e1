// Gives `console` the formats of Lambda's runtime for Node. Each call becomes one write to standard output; what a
// function writes there itself passes as it is.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format } from 'node:util';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const METHODS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  log: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** `requestId` tells the invocation that runs, undefined outside of one. */
export function patchConsole({ AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL }, requestId) {
  const lineOf = AWS_LAMBDA_LOG_FORMAT === 'JSON' ? jsonLine : textLine;
  const least = Math.max(LEVELS.indexOf(AWS_LAMBDA_LOG_LEVEL), 0);
  for (const [method, level] of Object.entries(METHODS)) {
    const silent = LEVELS.indexOf(level) < least;
    console[method] = silent
      ? () => {}
      : (...values) => {
          process.stdout.write(`${lineOf(new Date().toISOString(), requestId(), level, values)}\n`);
        };
  }
}

function textLine(time, requestId, level, values) {
  return `${time}\t${requestId}\t${level}\t${format(...values)}`;
}

function jsonLine(timestamp, requestId, level, values) {
  const line = { timestamp, level, requestId };
  const [message] = values;
  if (values.length !== 1)
    return JSON.stringify({ ...line, message: format(...values), ...firstError(values) });
  try {
    return JSON.stringify({ ...line, message }, (_, value) =>
      value instanceof Error ? described(value) : value,
    );
  } catch {
    // It refers to itself, or holds what JSON has no words for.
    return JSON.stringify({ ...line, message: format(message) });
  }
}

function firstError(values) {
  const error = values.find((value) => value instanceof Error);
  if (!error) return {};
  const { errorType, errorMessage, stackTrace } = described(error);
  return { errorType, errorMessage, stackTrace };
}

function described(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
    ...error,
  };
}
