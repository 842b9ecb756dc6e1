// How handlers are called until Node 22; Node 24 knows no callbacks any more.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html

/** Whether a runtime is of those. */
export function callsBack(executionEnvironment) {
  return /^AWS_Lambda_nodejs(18|20|22)\.x$/.test(executionEnvironment);
}

/** Throws for a handler that wants the callback which its runtime does not give. */
export function refuseCallback(handler) {
  if (handler.length < 3) return;
  const error = new Error(
    'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
  );
  error.name = 'Runtime.CallbackHandlerDeprecated';
  throw error;
}

/** Ends a handler that has neither returned a promise nor called back, when nothing is left to do. */
let onIdle;

/**
 * Calls the handler: a promise it returns decides, else the callback does. A callback's result is sent when the
 * event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false; a handler that neither returns a promise
 * nor calls back before the event loop is empty has returned null.
 */
export function callWithCallback(handler, event, context) {
  return new Promise((resolve, reject) => {
    let finish = () => resolve(null);
    onIdle = () => finish();
    const done = (error, value) => {
      finish = error === null || error === undefined ? () => resolve(value) : () => reject(error);
      if (context.callbackWaitsForEmptyEventLoop === false) setImmediate(finish);
    };
    context.callbackWaitsForEmptyEventLoop = true;
    context.done = done;
    context.succeed = (value) => done(null, value);
    context.fail = (error) => done(error ?? new Error('the function failed'));
    const result = handler(event, context, done);
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
}

/**
 * Makes the process do its part: handlers end when nothing is left to do, and what nobody caught becomes the error of the
 * invocation, `fail(error, description, status)`. Node 24 does neither: its process just ends.
 */
export function supportCallbacks(describe, fail) {
  process.on('beforeExit', () => onIdle?.());
  process.on('uncaughtException', (error) => fail(error, describe(error), 129));
  process.on('unhandledRejection', (reason) => {
    const description = describe(reason);
    const { errorType, errorMessage } = description;
    fail(
      reason,
      {
        ...description,
        errorType: 'Runtime.UnhandledPromiseRejection',
        errorMessage: `${errorType}: ${errorMessage}`,
      },
      128,
    );
  });
}
