import { releaseConcurrency, reserveConcurrency } from '../../catalog/concurrency/reservation.ts';
import { recordOf } from '../../catalog/functions.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  unqualifiedName,
} from '../operation.ts';
import { route } from '../route.ts';

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
  const name = unqualifiedName(request, reference);
  const { ReservedConcurrentExecutions: wanted } = bodyOf(request);
  const { catalog, accountConcurrency } = context;
  return jsonAnswer(200, {
    ReservedConcurrentExecutions: await reserveConcurrency(catalog, name, wanted, accountConcurrency),
  });
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { reservedConcurrency } = recordOf(context.catalog, unqualifiedName(request, reference));
  return jsonAnswer(200, { ReservedConcurrentExecutions: reservedConcurrency });
}

async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  await releaseConcurrency(context.catalog, unqualifiedName(request, reference));
  return emptyAnswer(204);
}
