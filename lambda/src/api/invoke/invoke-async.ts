import { functionReference } from '../../catalog/names.ts';
import { routed } from '../../invocations/routing.ts';
import { MAX_EVENT_BYTES } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  parseJson,
} from '../operation.ts';
import { route } from '../route.ts';
import { acceptEvent } from './invoke.ts';

/**
 * What Invoke with the type Event was before it; deprecated, and still called by old clients.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html
 */
export const INVOKE_ASYNC: ApiOperation = {
  name: 'InvokeAsync',
  route: route('POST', '/2014-11-13/functions/{FunctionName}/invoke-async'),
  largestBodyBytes: MAX_EVENT_BYTES,
  run,
};

async function run(
  context: ApiContext,
  { headers, body }: ApiRequest,
  [reference = '']: string[],
): Promise<ApiAnswer> {
  const { name, qualifier } = functionReference(reference, undefined);
  routed(context, name, qualifier);
  parseJson(body, 'InvalidRequestContentException');
  return await acceptEvent(context, {
    functionName: name,
    qualifier,
    payload: body,
    traceId: headers['x-amzn-trace-id'],
    clientContext: undefined,
  });
}
