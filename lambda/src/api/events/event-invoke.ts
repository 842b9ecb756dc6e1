import {
  configureEvents,
  deleteEventConfig,
  type EventConfigSettings,
  eventConfigShown,
} from '../../catalog/functions/event-configs.ts';
import { recordOf, versionOf } from '../../catalog/functions.ts';
import type { EventConfigRecord } from '../../catalog/records.ts';
import { invalidParameter, notSupported, violation } from '../../errors.ts';
import {
  DEFAULT_EVENT_AGE_SECONDS,
  DEFAULT_EVENT_RETRIES,
  MAX_EVENT_CONFIGS_ASKED,
  MIN_EVENT_AGE_SECONDS,
} from '../../limits.ts';
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
import { eventInvokeConfiguration } from '../wire.ts';
import { checkDestination } from './destinations.ts';

const CONFIG = '/2019-09-25/functions/{FunctionName}/event-invoke-config';

/** How asynchronous invocations are retried and where their results go. */
export const EVENT_INVOKE_OPERATIONS: readonly ApiOperation[] = [
  {
    name: 'PutFunctionEventInvokeConfig',
    route: route('PUT', CONFIG),
    run: (context, request, [reference]) => configure(context, request, reference, false),
  },
  {
    name: 'UpdateFunctionEventInvokeConfig',
    route: route('POST', CONFIG),
    run: (context, request, [reference]) => configure(context, request, reference, true),
  },
  { name: 'GetFunctionEventInvokeConfig', route: route('GET', CONFIG), run: get },
  { name: 'DeleteFunctionEventInvokeConfig', route: route('DELETE', CONFIG), run: remove },
  { name: 'ListFunctionEventInvokeConfigs', route: route('GET', `${CONFIG}/list`), run: list },
];

async function configure(
  context: ApiContext,
  request: ApiRequest,
  reference: string | undefined,
  merge: boolean,
): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const settings = settingsFrom(bodyOf(request));
  // Without a state engine there are no events, and nothing would honour it.
  if (!context.events)
    throw notSupported('A configuration of asynchronous invocation without a state engine');
  await checkDestination(context, name, settings.onSuccess, 'destinationConfig.onSuccess.destination');
  await checkDestination(context, name, settings.onFailure, 'destinationConfig.onFailure.destination');
  const config = await configureEvents(context.catalog, name, qualifier, settings, merge);
  return jsonAnswer(200, eventInvokeConfiguration(context.catalog.account, name, config));
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name, qualifier } = referenceOf(request, reference);
  const config = eventConfigShown(context.catalog, name, qualifier);
  return jsonAnswer(200, eventInvokeConfiguration(context.catalog.account, name, config));
}

async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  await deleteEventConfig(context.catalog, name, qualifier);
  return emptyAnswer(204);
}

function list(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name, qualifier } = referenceOf(request, reference);
  const record = recordOf(context.catalog, name, qualifier);
  versionOf(context.catalog, record, qualifier);
  const keyOf = (config: EventConfigRecord) => config.qualifier;
  const { items, NextMarker } = page(
    {
      name: 'ListFunctionEventInvokeConfigs',
      items: record.eventConfigs,
      keyOf,
      mostAsked: MAX_EVENT_CONFIGS_ASKED,
    },
    request.query,
  );
  const { account } = context.catalog;
  const FunctionEventInvokeConfigs = items.map((config) => eventInvokeConfiguration(account, name, config));
  return jsonAnswer(200, { FunctionEventInvokeConfigs, NextMarker });
}

/** What a request sets; throws InvalidParameterValueException when it is nothing, or out of AWS's ranges. */
function settingsFrom(body: Record<string, unknown>): EventConfigSettings {
  const retries = body.MaximumRetryAttempts ?? undefined;
  const age = body.MaximumEventAgeInSeconds ?? undefined;
  const destinations = body.DestinationConfig ?? undefined;
  if (retries === undefined && age === undefined && destinations === undefined) {
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  }
  return {
    ...destinationsFrom(destinations),
    ...(retries !== undefined && {
      maximumRetryAttempts: inRange(retries, 'maximumRetryAttempts', 0, DEFAULT_EVENT_RETRIES),
    }),
    ...(age !== undefined && {
      maximumEventAgeInSeconds: inRange(
        age,
        'maximumEventAgeInSeconds',
        MIN_EVENT_AGE_SECONDS,
        DEFAULT_EVENT_AGE_SECONDS,
      ),
    }),
  };
}

/** What is given of both; '' takes one away. */
function destinationsFrom(value: unknown = {}): Pick<EventConfigSettings, 'onSuccess' | 'onFailure'> {
  const { OnSuccess, OnFailure } = value as { OnSuccess?: unknown; OnFailure?: unknown };
  return {
    ...(OnSuccess ? { onSuccess: arnIn(OnSuccess, 'OnSuccess') } : {}),
    ...(OnFailure ? { onFailure: arnIn(OnFailure, 'OnFailure') } : {}),
  };
}

function arnIn(value: unknown, member: string): string {
  const arn = (value as { Destination?: unknown }).Destination ?? '';
  if (typeof arn === 'string') return arn;
  throw invalidParameter(`DestinationConfig.${member}.Destination must be a string`);
}

function inRange(value: unknown, member: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const bound = Number(value) > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw violation(value, member, `have value ${bound}`);
}
