import { queueArn } from '../../sqs/names.ts';
import { type Account, functionArn } from '../catalog/names.ts';

/** Which function is invoked with the messages of which queue, and how. */
export interface EventSourceMapping extends MappingSettings {
  /** A UUID. */
  id: string;
  queue: string;
  modifiedAt: Date;
}

/** What a caller chooses, and may change later. */
export interface MappingSettings {
  functionName: string;
  /** A version or an alias; undefined for the newest code. */
  qualifier: string | undefined;
  enabled: boolean;
  /** Messages of one invocation at most. */
  batchSize: number;
  /** How long a batch may wait to become full. */
  windowSeconds: number;
  /** Whether the function's answer says which messages failed. */
  reportsFailures: boolean;
  /** Batches that are processed at a time; undefined leaves it to us. */
  mostConcurrent: number | undefined;
  /** A message that fits none of these patterns is dropped; without patterns none is. */
  filters: readonly string[];
}

export type MappingState =
  | 'Creating'
  | 'Enabled'
  | 'Enabling'
  | 'Disabled'
  | 'Disabling'
  | 'Updating'
  | 'Deleting';

/**
 * AWS's `EventSourceMappingConfiguration`. Changes happen at once here; the answer to a change names the state that AWS
 * passes through.
 */
export function mappingConfiguration(
  account: Account,
  mapping: EventSourceMapping,
  state: MappingState = mapping.enabled ? 'Enabled' : 'Disabled',
): object {
  const { id, mostConcurrent, filters } = mapping;
  return {
    UUID: id,
    EventSourceMappingArn: `arn:aws:lambda:${account.region}:${account.accountId}:event-source-mapping:${id}`,
    EventSourceArn: queueArn(account, mapping.queue),
    FunctionArn: functionArn(account, mapping.functionName, mapping.qualifier),
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    FunctionResponseTypes: mapping.reportsFailures ? ['ReportBatchItemFailures'] : [],
    ...(mostConcurrent !== undefined && { ScalingConfig: { MaximumConcurrency: mostConcurrent } }),
    ...(filters.length > 0 && { FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) } }),
    LastModified: mapping.modifiedAt.getTime() / 1_000,
    State: state,
    StateTransitionReason: 'USER_INITIATED',
  };
}
