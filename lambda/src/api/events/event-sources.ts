import { randomUUID } from 'node:crypto';
import { queueArn, queueNameIn } from '../../../sqs/names.ts';
import { findQueue } from '../../../sqs/queue-store.ts';
import { recordOf, versionOf } from '../../catalog/functions.ts';
import { functionReference } from '../../catalog/names.ts';
import { invalidParameter, LambdaError, notSupported } from '../../errors.ts';
import type { EventSources } from '../../event-sources/event-sources.ts';
import {
  type EventSourceMapping,
  type MappingSettings,
  mappingConfiguration,
} from '../../event-sources/mapping.ts';
import { checkMapping, DEFAULT_MAPPING, mappingSettingsFrom } from '../../event-sources/settings.ts';
import { deleteMapping, findMapping, listMappings, saveMapping } from '../../event-sources/store.ts';
import { MAX_EVENT_SOURCES } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  jsonAnswer,
  optionalText,
} from '../operation.ts';
import { page } from '../page.ts';
import { route } from '../route.ts';

const MAPPINGS = '/2015-03-31/event-source-mappings';
const MAPPING = `${MAPPINGS}/{UUID}`;

export const EVENT_SOURCE_OPERATIONS: readonly ApiOperation[] = [
  { name: 'CreateEventSourceMapping', route: route('POST', MAPPINGS), run: create },
  { name: 'ListEventSourceMappings', route: route('GET', MAPPINGS), run: list },
  { name: 'GetEventSourceMapping', route: route('GET', MAPPING), run: get },
  { name: 'UpdateEventSourceMapping', route: route('PUT', MAPPING), run: update },
  { name: 'DeleteEventSourceMapping', route: route('DELETE', MAPPING), run: remove },
];

async function create(context: ApiContext, request: ApiRequest): Promise<ApiAnswer> {
  const sources = sourcesOf(context);
  const body = bodyOf(request);
  const { functionName, ...settings } = mappingSettingsFrom(body);
  if (functionName === undefined) throw invalidParameter('FunctionName is missing');
  const mapping: EventSourceMapping = {
    ...DEFAULT_MAPPING,
    ...settings,
    functionName,
    id: randomUUID(),
    queue: queueIn(context, optionalText(body, 'EventSourceArn')),
    modifiedAt: new Date(sources.now()),
  };
  await check(context, mapping);
  await sources.change(async (database) => {
    if ((await listMappings(database)).length >= MAX_EVENT_SOURCES) {
      throw invalidParameter(`There are ${MAX_EVENT_SOURCES} event source mappings already.`);
    }
    refuseSecond(context, mapping, await saveMapping(database, mapping));
  });
  sources.apply(mapping);
  return jsonAnswer(202, mappingConfiguration(context.catalog.account, mapping, 'Creating'));
}

async function get(context: ApiContext, _: ApiRequest, [id = '']: string[]): Promise<ApiAnswer> {
  const mapping = await mappingOf(sourcesOf(context), id);
  return jsonAnswer(200, mappingConfiguration(context.catalog.account, mapping));
}

async function list(context: ApiContext, { query }: ApiRequest): Promise<ApiAnswer> {
  const all = await sourcesOf(context).run(listMappings);
  const arn = query.get('EventSourceArn');
  const named = query.get('FunctionName');
  const wanted = named === null ? undefined : functionReference(named, undefined);
  const { account } = context.catalog;
  const items = all.filter(
    ({ queue, functionName, qualifier }) =>
      (arn === null || arn === queueArn(account, queue)) &&
      (wanted === undefined || wanted.name === functionName) &&
      (wanted?.qualifier === undefined || wanted.qualifier === qualifier),
  );
  const mappings = { name: 'ListEventSourceMappings', items, keyOf: (one: EventSourceMapping) => one.id };
  const { items: EventSourceMappings, NextMarker } = page(mappings, query);
  return jsonAnswer(200, {
    EventSourceMappings: EventSourceMappings.map((one) => mappingConfiguration(account, one)),
    NextMarker,
  });
}

async function update(context: ApiContext, request: ApiRequest, [id = '']: string[]): Promise<ApiAnswer> {
  const sources = sourcesOf(context);
  const settings: Partial<MappingSettings> = mappingSettingsFrom(bodyOf(request));
  await mappingOf(sources, id);
  const [before, mapping] = await sources.change(async (database) => {
    const before = await findMapping(database, id);
    if (!before) throw notFound();
    const mapping = { ...before, ...settings, modifiedAt: new Date(sources.now()) };
    // One that is disabled may outlive its function and its queue.
    if (mapping.enabled || settings.functionName !== undefined) await check(context, mapping);
    else checkMapping(mapping);
    refuseSecond(context, mapping, await saveMapping(database, mapping));
    return [before, mapping];
  });
  sources.apply(mapping);
  const turned = mapping.enabled ? 'Enabling' : 'Disabling';
  const state = mapping.enabled === before.enabled ? 'Updating' : turned;
  return jsonAnswer(202, mappingConfiguration(context.catalog.account, mapping, state));
}

async function remove(context: ApiContext, _: ApiRequest, [id = '']: string[]): Promise<ApiAnswer> {
  const sources = sourcesOf(context);
  const mapping = await mappingOf(sources, id);
  await sources.change((database) => deleteMapping(database, id));
  sources.remove(id);
  return jsonAnswer(202, mappingConfiguration(context.catalog.account, mapping, 'Deleting'));
}

function sourcesOf({ eventSources }: ApiContext): EventSources {
  if (eventSources) return eventSources;
  throw notSupported('An event source mapping without a state engine');
}

/** Throws ResourceNotFoundException. */
async function mappingOf(sources: EventSources, id: string): Promise<EventSourceMapping> {
  const isUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  const mapping = isUuid ? await sources.run((database) => findMapping(database, id)) : undefined;
  if (!mapping) throw notFound();
  return mapping;
}

function notFound(): LambdaError {
  return new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');
}

/** The queue that an ARN names. Other sources are not here yet. */
function queueIn(context: ApiContext, arn: string | undefined): string {
  if (arn === undefined) throw invalidParameter('Unrecognized event source.');
  const name = queueNameIn(context.catalog.account, arn);
  if (name !== undefined) return name;
  throw notSupported(`The event source ${arn}, which is no queue of this account and region,`);
}

/** Checks a mapping against its function and its queue. Throws InvalidParameterValueException. */
async function check({ catalog, queues }: ApiContext, mapping: EventSourceMapping): Promise<void> {
  checkMapping(mapping);
  const { functionName, qualifier } = mapping;
  const record = catalog.store.get(functionName);
  if (!record) throw invalidParameter('Function does not exist');
  const { version } = versionOf(catalog, recordOf(catalog, functionName, qualifier), qualifier);
  const queue = await queues?.run((database) => findQueue(database, mapping.queue));
  if (!queue) {
    throw invalidParameter(
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    );
  }
  if (queue.visibilitySeconds < version.timeoutSeconds) {
    throw invalidParameter(
      `Queue visibility timeout: ${queue.visibilitySeconds} seconds is less than Function timeout: ${version.timeoutSeconds} seconds`,
    );
  }
}

function refuseSecond({ catalog }: ApiContext, mapping: EventSourceMapping, other: string | undefined): void {
  if (other === undefined) return;
  const arn = queueArn(catalog.account, mapping.queue);
  throw new LambdaError(
    'ResourceConflictException',
    `An event source mapping with SQS arn (" ${arn} ") and function (" ${mapping.functionName} ") already exists. Please update or delete the existing mapping with UUID ${other}`,
  );
}
