import { recordOf, versionOf } from '../catalog/functions.ts';
import { functionArn } from '../catalog/names.ts';
import { LATEST } from '../catalog/records.ts';
import { LambdaError, notSupported } from '../errors.ts';
import { MOST_EVENT_CONFIGS_ASKED } from '../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  jsonAnswer,
  referenceOf,
} from './operation.ts';
import { page } from './page.ts';
import { route } from './route.ts';

const CONFIG = '/2019-09-25/functions/{FunctionName}/event-invoke-config';

/**
 * How asynchronous invocations are retried and where their results go. There are none here yet, so nothing would honour
 * a configuration: no function has one, and none can be given.
 */
export const EVENT_INVOKE_OPERATIONS: readonly ApiOperation[] = [
  { name: 'PutFunctionEventInvokeConfig', route: route('PUT', CONFIG), run: refuse },
  { name: 'UpdateFunctionEventInvokeConfig', route: route('POST', CONFIG), run: refuse },
  { name: 'GetFunctionEventInvokeConfig', route: route('GET', CONFIG), run: none },
  { name: 'DeleteFunctionEventInvokeConfig', route: route('DELETE', CONFIG), run: none },
  { name: 'ListFunctionEventInvokeConfigs', route: route('GET', `${CONFIG}/list`), run: list },
];

function refuse(context: ApiContext, request: ApiRequest, [reference]: string[]): never {
  targetOf(context, request, reference);
  throw notSupported('A configuration of asynchronous invocation');
}

function none(context: ApiContext, request: ApiRequest, [reference]: string[]): never {
  const arn = targetOf(context, request, reference);
  throw new LambdaError('ResourceNotFoundException', `The function ${arn} doesn't have an EventInvokeConfig`);
}

function list(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  targetOf(context, request, reference);
  const configs = {
    name: 'ListFunctionEventInvokeConfigs',
    items: [],
    keyOf: () => '',
    mostAsked: MOST_EVENT_CONFIGS_ASKED,
  };
  const { items, NextMarker } = page(configs, request.query);
  return jsonAnswer(200, { FunctionEventInvokeConfigs: items, NextMarker });
}

/** The ARN of what a configuration would belong to. Throws ResourceNotFoundException when it is not there. */
function targetOf(context: ApiContext, request: ApiRequest, reference: string | undefined): string {
  const { name, qualifier = LATEST } = referenceOf(request, reference);
  versionOf(context.catalog, recordOf(context.catalog, name, qualifier), qualifier);
  return functionArn(context.catalog.account, name, qualifier);
}
