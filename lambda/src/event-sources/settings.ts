import { optionalText } from '../api/operation.ts';
import { functionReference } from '../catalog/names.ts';
import { isEmpty } from '../catalog/settings/fixed-settings.ts';
import { invalidParameter, notInSet, notSupported, violation } from '../errors.ts';
import {
  MAX_BATCH,
  MAX_BATCH_WINDOW_SECONDS,
  MAX_BATCH_WITHOUT_WINDOW,
  MAX_BATCHES_ASKED,
  MIN_BATCHES_ASKED,
} from '../limits.ts';
import { filtersFrom } from './filter.ts';
import type { MappingSettings } from './mapping.ts';

type Wire = Record<string, unknown>;

/** What a mapping has when nothing is said. */
export const DEFAULT_MAPPING = {
  qualifier: undefined,
  enabled: true,
  batchSize: 10,
  windowSeconds: 0,
  reportsFailures: false,
  mostConcurrent: undefined,
  filters: [],
} as const;

/** Members for other sources, or that nothing here honours yet: they must be absent or empty. */
const UNHONOURED = [
  'AmazonManagedKafkaEventSourceConfig',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'DocumentDBEventSourceConfig',
  'KMSKeyArn',
  'LoggingConfig',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'MetricsConfig',
  'ParallelizationFactor',
  'ProvisionedPollerConfig',
  'Queues',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Tags',
  'Topics',
  'TumblingWindowInSeconds',
];

/**
 * The settings that a request gives; what it leaves out is absent. Throws InvalidParameterValueException.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function mappingSettingsFrom(body: Wire): Partial<MappingSettings> {
  for (const member of UNHONOURED) {
    if (!isEmpty(body[member])) throw notSupported(`${member} of an event source mapping`);
  }
  const reference = optionalText(body, 'FunctionName');
  const target = reference === undefined ? undefined : functionReference(reference, undefined);
  const enabled = booleanOf(body, 'Enabled');
  const batchSize = wholeNumber(body.BatchSize, 'batchSize', [1, MAX_BATCH]);
  const window = body.MaximumBatchingWindowInSeconds;
  const windowSeconds = wholeNumber(window, 'maximumBatchingWindowInSeconds', [0, MAX_BATCH_WINDOW_SECONDS]);
  return {
    ...(target && { functionName: target.name, qualifier: target.qualifier }),
    ...(enabled !== undefined && { enabled }),
    ...(batchSize !== undefined && { batchSize }),
    ...(windowSeconds !== undefined && { windowSeconds }),
    ...(body.FunctionResponseTypes != null && { reportsFailures: reportsIn(body.FunctionResponseTypes) }),
    ...(body.ScalingConfig != null && { mostConcurrent: concurrencyIn(body.ScalingConfig) }),
    ...(body.FilterCriteria != null && { filters: filtersFrom(body.FilterCriteria) }),
  };
}

/** What the settings must be together. Throws InvalidParameterValueException. */
export function checkMapping({ batchSize, windowSeconds }: MappingSettings): void {
  if (batchSize <= MAX_BATCH_WITHOUT_WINDOW || windowSeconds >= 1) return;
  throw invalidParameter(
    `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than ${MAX_BATCH_WITHOUT_WINDOW}`,
  );
}

function booleanOf(body: Wire, member: string): boolean | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw invalidParameter(`${member} must be true or false`);
}

function wholeNumber(
  value: unknown,
  member: string,
  [least, most]: readonly [number, number],
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw invalidParameter(`${member} must be a whole number`);
  const number = Number(value);
  if (number < least) throw violation(value, member, `have value greater than or equal to ${least}`);
  if (number > most) throw violation(value, member, `have value less than or equal to ${most}`);
  return number;
}

function reportsIn(value: unknown): boolean {
  if (!Array.isArray(value)) throw invalidParameter('FunctionResponseTypes must be a list');
  const strange = value.find((type) => type !== 'ReportBatchItemFailures');
  if (strange !== undefined) throw notInSet(strange, 'functionResponseTypes', ['ReportBatchItemFailures']);
  return value.length > 0;
}

/** An empty configuration takes the limit away. */
function concurrencyIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) throw invalidParameter('ScalingConfig must be an object');
  const range = [MIN_BATCHES_ASKED, MAX_BATCHES_ASKED] as const;
  return wholeNumber((value as Wire).MaximumConcurrency, 'scalingConfig.maximumConcurrency', range);
}
