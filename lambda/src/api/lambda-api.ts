import { randomUUID } from 'node:crypto';
import { errorAnswer, LambdaError, payloadTooLarge } from '../errors.ts';
import { MAX_REQUEST_BYTES } from '../limits.ts';
import { isUnavailable } from '../ports.ts';
import { GET_ACCOUNT_SETTINGS } from './concurrency/account.ts';
import { CONCURRENCY_OPERATIONS } from './concurrency/concurrency.ts';
import { PROVISIONED_OPERATIONS } from './concurrency/provisioned.ts';
import { EVENT_INVOKE_OPERATIONS } from './events/event-invoke.ts';
import { EVENT_SOURCE_OPERATIONS } from './events/event-sources.ts';
import { ALIAS_OPERATIONS } from './functions/aliases.ts';
import { FUNCTION_OPERATIONS } from './functions/functions.ts';
import { POLICY_OPERATIONS } from './functions/policy.ts';
import { RECURSION_OPERATIONS } from './functions/recursion.ts';
import { TAG_OPERATIONS } from './functions/tags.ts';
import { URL_OPERATIONS } from './functions/urls.ts';
import { VERSION_OPERATIONS } from './functions/versions.ts';
import { INVOKE } from './invoke/invoke.ts';
import { INVOKE_ASYNC } from './invoke/invoke-async.ts';
import { INVOKE_WITH_RESPONSE_STREAM } from './invoke/response-stream.ts';
import { LAYER_POLICY_OPERATIONS } from './layers/layer-policy.ts';
import { LAYER_OPERATIONS } from './layers/layers.ts';
import type { ApiAnswer, ApiContext, ApiOperation, ApiRequest } from './operation.ts';
import { router } from './route.ts';

/**
 * The REST form of the AWS Lambda API.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export const OPERATIONS: readonly ApiOperation[] = [
  INVOKE,
  INVOKE_ASYNC,
  INVOKE_WITH_RESPONSE_STREAM,
  ...FUNCTION_OPERATIONS,
  ...VERSION_OPERATIONS,
  ...ALIAS_OPERATIONS,
  ...URL_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...TAG_OPERATIONS,
  ...CONCURRENCY_OPERATIONS,
  ...RECURSION_OPERATIONS,
  ...PROVISIONED_OPERATIONS,
  ...EVENT_INVOKE_OPERATIONS,
  ...EVENT_SOURCE_OPERATIONS,
  ...LAYER_OPERATIONS,
  ...LAYER_POLICY_OPERATIONS,
  GET_ACCOUNT_SETTINGS,
];

const routeOf = router(OPERATIONS);

/** What of a request says which operation it is for. */
export type RequestLine = Pick<ApiRequest, 'method' | 'path' | 'query'>;

/** Where a request with a larger body must be refused, and how to answer it. */
export interface RequestLimit {
  bytes: number;
  refusal(): ApiAnswer;
}

export function requestLimit(request: RequestLine): RequestLimit {
  const operation = routeOf(request)?.operation;
  const bytes = operation?.largestBodyBytes ?? MAX_REQUEST_BYTES;
  const name = operation?.nameInMessages ?? operation?.name ?? 'unknown';
  return { bytes, refusal: () => withRequestId(errorAnswer(payloadTooLarge(bytes, name))) };
}

/** Answers one request of the Lambda API; errors of the API become answers. */
export async function answerApi(context: ApiContext, request: ApiRequest): Promise<ApiAnswer> {
  try {
    const match = routeOf(request);
    if (!match) {
      const message = `${request.method} ${request.path} is not supported by the embedded compute engine.`;
      throw new LambdaError('UnknownOperationException', message);
    }
    return withRequestId(await run(context, request, match));
  } catch (error) {
    return withRequestId(errorAnswer(asLambdaError(context, request, error)));
  }
}

/** Operations that invoke functions. They change none. */
const INVOKING: readonly ApiOperation[] = [INVOKE, INVOKE_ASYNC, INVOKE_WITH_RESPONSE_STREAM];

async function run(
  context: ApiContext,
  request: ApiRequest,
  { operation, parameters }: { operation: ApiOperation; parameters: string[] },
): Promise<ApiAnswer> {
  const { aroundChange } = context;
  const changes = request.method !== 'GET' && !INVOKING.includes(operation);
  if (!aroundChange || !changes) return operation.run(context, request, parameters);
  const change = { service: 'lambda', operation: operation.name, subject: parameters.join(' ') } as const;
  return aroundChange(change, async (name) => {
    const answer = await operation.run(context, request, parameters);
    if (change.subject === '') name(createdIn(answer));
    return answer;
  });
}

/** The name of what a request created whose path names nothing. */
function createdIn({ body }: ApiAnswer): string {
  const { FunctionName, UUID } = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, string>;
  return UUID ?? FunctionName ?? '';
}

function asLambdaError(context: ApiContext, { path }: ApiRequest, error: unknown): LambdaError {
  if (error instanceof LambdaError) return error;
  // The state engine is away for a moment; the SDKs try again after a ServiceException.
  if (isUnavailable(error)) return new LambdaError('ServiceException', error.message);
  context.log.error({ path, error: error instanceof Error ? error.stack : error }, 'lambda api');
  return new LambdaError('ServiceException', 'Upstack met an internal error; see its log.');
}

function withRequestId(answer: ApiAnswer): ApiAnswer {
  answer.headers['x-amzn-requestid'] ??= randomUUID();
  return answer;
}
