import {
  deleteProvisioned,
  type ProvisionedTarget,
  provisionedOf,
  putProvisioned,
  sharesOf,
} from '../../catalog/concurrency/provisioned.ts';
import { recordOf, versionNumbered } from '../../catalog/functions.ts';
import { functionArn, functionReference, parseQualifier } from '../../catalog/names.ts';
import type { FunctionRecord, ProvisionedRecord } from '../../catalog/records.ts';
import { invalidParameter } from '../../errors.ts';
import { MAX_PROVISIONED_CONFIGS_ASKED } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  referenceOf,
} from '../operation.ts';
import { page } from '../page.ts';
import { route } from '../route.ts';

const CONFIG = '/2019-09-30/functions/{FunctionName}/provisioned-concurrency';

export const PROVISIONED_OPERATIONS: readonly ApiOperation[] = [
  { name: 'PutProvisionedConcurrencyConfig', route: route('PUT', CONFIG), run: put },
  { name: 'GetProvisionedConcurrencyConfig', route: route('GET', CONFIG), run: get },
  { name: 'DeleteProvisionedConcurrencyConfig', route: route('DELETE', CONFIG), run: remove },
  { name: 'ListProvisionedConcurrencyConfigs', route: route('GET', `${CONFIG}?List=ALL`), run: list },
];

async function put(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const unpublished = 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.';
  const target = targetOf(request, reference, unpublished);
  const wanted = bodyOf(request).ProvisionedConcurrentExecutions;
  const limits = { account: context.accountConcurrency, perVersion: context.concurrencyPerVersion };
  const { record, config } = await putProvisioned(context.catalog, target, wanted, limits);
  return jsonAnswer(202, shown(context, record, config));
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { record, config } = provisionedOf(context.catalog, targetOf(request, reference));
  return jsonAnswer(200, shown(context, record, config));
}

async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  await deleteProvisioned(context.catalog, targetOf(request, reference));
  return emptyAnswer(204);
}

function list(context: ApiContext, request: ApiRequest, [reference = '']: string[]): ApiAnswer {
  const { name } = functionReference(reference, undefined);
  const record = recordOf(context.catalog, name);
  const configs = {
    name: 'ListProvisionedConcurrencyConfigs',
    items: record.provisioned,
    keyOf: ({ qualifier }: ProvisionedRecord) => qualifier,
    mostAsked: MAX_PROVISIONED_CONFIGS_ASKED,
  };
  const { items, NextMarker } = page(configs, request.query);
  const ProvisionedConcurrencyConfigs = items.map((config) => ({
    FunctionArn: functionArn(context.catalog.account, name, config.qualifier),
    ...shown(context, record, config),
  }));
  return jsonAnswer(200, { ProvisionedConcurrencyConfigs, NextMarker });
}

function targetOf(
  request: ApiRequest,
  reference: string | undefined,
  unpublished = 'The function resource provided must be an alias or a published version.',
): ProvisionedTarget {
  const { name, qualifier } = referenceOf(request, reference);
  if (qualifier === undefined || parseQualifier(qualifier).kind === 'latest') {
    throw invalidParameter(unpublished);
  }
  return { name, qualifier };
}

/** A configuration and what is there of it. AWS's name for why it failed is the one for an initialisation that does. */
function shown(context: ApiContext, record: FunctionRecord, config: ProvisionedRecord): object {
  let initialised = 0;
  let anyFailed = false;
  for (const [number, share] of sharesOf(record, config)) {
    const version = versionNumbered(record, number);
    const state = version
      ? context.invocations.environments.provisioned(version)
      : { initialised: 0, failed: false };
    initialised += Math.min(state.initialised, share);
    anyFailed ||= state.failed;
  }
  const missing = config.requested - initialised;
  const failed = missing > 0 && anyFailed;
  return {
    RequestedProvisionedConcurrentExecutions: config.requested,
    AvailableProvisionedConcurrentExecutions: initialised,
    AllocatedProvisionedConcurrentExecutions: initialised,
    Status: failed ? 'FAILED' : missing > 0 ? 'IN_PROGRESS' : 'READY',
    ...(failed ? { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' } : {}),
    LastModified: config.lastModified,
  };
}
