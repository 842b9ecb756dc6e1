// The second argument of a handler.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html

/** What is the same for all invocations: each look into the environment costs about as much as parsing the event. */
let shared;

export function contextOf(headers) {
  shared ??= sharedContext(process.env);
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    clientContext: jsonOf(headers['lambda-runtime-client-context']),
    identity: jsonOf(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    xRayTraceId: headers['lambda-runtime-trace-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    ...shared,
  };
}

function sharedContext(env) {
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function jsonOf(header) {
  return header === undefined ? undefined : JSON.parse(header);
}
