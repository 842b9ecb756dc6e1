import { randomUUID } from 'node:crypto';
import { errorAnswer, LambdaError, payloadTooLarge } from './errors.ts';
import { LARGEST_CODE_REQUEST_BYTES, LARGEST_PAYLOAD_BYTES, LARGEST_REQUEST_BYTES } from './limits.ts';
import { ALIAS_OPERATIONS } from './operations/aliases.ts';
import { FUNCTION_OPERATIONS } from './operations/functions.ts';
import { INVOKE } from './operations/invoke.ts';
import type { ApiAnswer, ApiContext, ApiOperation, ApiRequest } from './operations/operation.ts';
import { URL_OPERATIONS } from './operations/urls.ts';

/**
 * The REST form of the AWS Lambda API.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
const OPERATIONS: readonly ApiOperation[] = [
  INVOKE,
  ...FUNCTION_OPERATIONS,
  ...ALIAS_OPERATIONS,
  ...URL_OPERATIONS,
];

/** Where a request with a larger body must be refused, and the answer to it. */
export interface RequestLimit {
  bytes: number;
  refusal: ApiAnswer;
}

export function requestLimit(method: string, path: string): RequestLimit {
  const name = matchOf(method, path)?.operation.name ?? 'unknown';
  const bytes = LIMIT_BYTES[name] ?? LARGEST_REQUEST_BYTES;
  return { bytes, refusal: withRequestId(errorAnswer(payloadTooLarge(bytes, AWS_NAME[name] ?? name))) };
}

const LIMIT_BYTES: Record<string, number> = {
  Invoke: LARGEST_PAYLOAD_BYTES,
  CreateFunction: LARGEST_CODE_REQUEST_BYTES,
  UpdateFunctionCode: LARGEST_CODE_REQUEST_BYTES,
};
/** AWS's messages call this operation by its older name. */
const AWS_NAME: Record<string, string> = { Invoke: 'InvokeFunction' };

/** Answers one request of the Lambda API; errors of the API become answers. */
export async function answerApi(context: ApiContext, request: ApiRequest): Promise<ApiAnswer> {
  try {
    const match = matchOf(request.method, request.path);
    if (!match) {
      const message = `${request.method} ${request.path} is not an operation that the embedded compute engine of Upstack has.`;
      throw new LambdaError('UnknownOperationException', message);
    }
    return withRequestId(await match.operation.run(context, request, match.parameters));
  } catch (error) {
    if (error instanceof LambdaError) return withRequestId(errorAnswer(error));
    context.log.error(
      { path: request.path, error: error instanceof Error ? error.stack : error },
      'lambda api',
    );
    return withRequestId(
      errorAnswer(new LambdaError('ServiceException', 'Upstack met an internal error; see its log.')),
    );
  }
}

function matchOf(
  method: string,
  path: string,
): { operation: ApiOperation; parameters: string[] } | undefined {
  for (const operation of OPERATIONS) {
    if (operation.method !== method) continue;
    const match = operation.path.exec(path);
    if (match) return { operation, parameters: match.slice(1).map(decoded) };
  }
  return undefined;
}

function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}

function withRequestId(answer: ApiAnswer): ApiAnswer {
  answer.headers['x-amzn-requestid'] ??= randomUUID();
  return answer;
}
