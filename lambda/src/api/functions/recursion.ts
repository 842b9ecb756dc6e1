import { setRecursiveLoop } from '../../catalog/functions/recursion.ts';
import { recordOf } from '../../catalog/functions.ts';
import { type ApiContext, type ApiOperation, bodyOf, jsonAnswer, unqualifiedName } from '../operation.ts';
import { route } from '../route.ts';

const RECURSION = '/2024-08-31/functions/{FunctionName}/recursion-config';

/** Whether a function may be invoked again and again in one chain. */
export const RECURSION_OPERATIONS: readonly ApiOperation[] = [
  {
    name: 'PutFunctionRecursionConfig',
    route: route('PUT', RECURSION),
    run: async ({ catalog }: ApiContext, request, [reference]) => {
      const wanted = bodyOf(request).RecursiveLoop;
      const RecursiveLoop = await setRecursiveLoop(catalog, unqualifiedName(request, reference), wanted);
      return jsonAnswer(200, { RecursiveLoop });
    },
  },
  {
    name: 'GetFunctionRecursionConfig',
    route: route('GET', RECURSION),
    run: ({ catalog }: ApiContext, request, [reference]) => {
      const { recursiveLoop = 'Terminate' } = recordOf(catalog, unqualifiedName(request, reference));
      return jsonAnswer(200, { RecursiveLoop: recursiveLoop });
    },
  },
];
