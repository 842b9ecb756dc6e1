import { recordOf } from '../catalog/functions.ts';
import type { FunctionRecord } from '../catalog/records.ts';
import { notInSet, violation } from '../errors.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  jsonAnswer,
  unqualifiedName,
} from './operation.ts';
import { route } from './route.ts';

const RECURSION = '/2024-08-31/functions/{FunctionName}/recursion-config';
const CHOICES = ['Allow', 'Terminate'] as const;

/** Whether a function may be invoked again and again in one chain. */
export const RECURSION_OPERATIONS: readonly ApiOperation[] = [
  { name: 'PutFunctionRecursionConfig', route: route('PUT', RECURSION), run: put },
  { name: 'GetFunctionRecursionConfig', route: route('GET', RECURSION), run: get },
];

async function put({ catalog }: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const name = unqualifiedName(request, reference);
  const { RecursiveLoop: wanted } = bodyOf(request);
  if (wanted === undefined || wanted === null) throw violation(null, 'recursiveLoop', 'not be null');
  const recursiveLoop = CHOICES.find((choice) => choice === wanted);
  if (recursiveLoop === undefined) throw notInSet(wanted, 'recursiveLoop', CHOICES);
  const saved = await catalog.store.exclusive(name, async () => {
    const record = { ...recordOf(catalog, name), recursiveLoop };
    await catalog.store.save(record);
    return record;
  });
  return configuration(saved);
}

function get({ catalog }: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  return configuration(recordOf(catalog, unqualifiedName(request, reference)));
}

function configuration({ recursiveLoop = 'Terminate' }: FunctionRecord): ApiAnswer {
  return jsonAnswer(200, { RecursiveLoop: recursiveLoop });
}
