import { recordOf } from '../catalog/functions.ts';
import { releaseConcurrency, reserveConcurrency } from '../catalog/reservation.ts';
import { invalidParameter } from '../errors.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  referenceOf,
} from './operation.ts';
import { route } from './route.ts';

const CONCURRENCY = '/2017-10-31/functions/{FunctionName}/concurrency';

/** Reserved concurrency. AWS has the same path under two dates. */
export const CONCURRENCY_OPERATIONS: readonly ApiOperation[] = [
  { name: 'PutFunctionConcurrency', route: route('PUT', CONCURRENCY), run: put },
  {
    name: 'GetFunctionConcurrency',
    route: route('GET', '/2019-09-30/functions/{FunctionName}/concurrency'),
    run: get,
  },
  { name: 'DeleteFunctionConcurrency', route: route('DELETE', CONCURRENCY), run: remove },
];

async function put(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const name = unqualified(request, reference);
  const { ReservedConcurrentExecutions: wanted } = bodyOf(request);
  const { catalog, accountConcurrency } = context;
  return jsonAnswer(200, {
    ReservedConcurrentExecutions: await reserveConcurrency(catalog, name, wanted, accountConcurrency),
  });
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { reservedConcurrency } = recordOf(context.catalog, unqualified(request, reference));
  return jsonAnswer(200, { ReservedConcurrentExecutions: reservedConcurrency });
}

async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  await releaseConcurrency(context.catalog, unqualified(request, reference));
  return emptyAnswer(204);
}

function unqualified(request: ApiRequest, reference: string | undefined): string {
  const { name, qualifier } = referenceOf(request, reference);
  if (qualifier === undefined) return name;
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}
