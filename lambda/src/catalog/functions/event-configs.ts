import { LambdaError } from '../../errors.ts';
import { type CatalogContext, recordOf, versionOf } from '../functions.ts';
import { functionArn } from '../names.ts';
import { type EventConfigRecord, type FunctionRecord, LATEST } from '../records.ts';

/** What a caller chooses of a configuration. */
export type EventConfigSettings = Omit<EventConfigRecord, 'qualifier' | 'lastModifiedMs'>;

/**
 * Gives a function, version or alias a configuration of its events. `$LATEST` and no qualifier are the same. With `merge`
 * what is not given stays as it is; throws ResourceNotFoundException then when there is no configuration.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export async function configureEvents(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
  settings: EventConfigSettings,
  merge: boolean,
): Promise<EventConfigRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    versionOf(context, record, qualifier);
    const kept = merge ? eventConfigShown(context, name, qualifier) : {};
    const configured = {
      ...kept,
      ...settings,
      qualifier: qualifier ?? LATEST,
      lastModifiedMs: context.clock.now(),
    };
    const others = record.eventConfigs.filter((config) => config.qualifier !== configured.qualifier);
    await context.store.save({ ...record, eventConfigs: [...others, configured] });
    return configured;
  });
}

export async function deleteEventConfig(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
): Promise<void> {
  await context.store.exclusive(name, async () => {
    const present = eventConfigShown(context, name, qualifier);
    const record = recordOf(context, name, qualifier);
    const eventConfigs = record.eventConfigs.filter((config) => config !== present);
    await context.store.save({ ...record, eventConfigs });
  });
}

/** Throws ResourceNotFoundException when the function, version or alias has none. */
export function eventConfigShown(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
): EventConfigRecord {
  const record = recordOf(context, name, qualifier);
  versionOf(context, record, qualifier);
  const config = eventConfigOf(record, qualifier);
  if (config) return config;
  const arn = functionArn(context.account, name, qualifier ?? LATEST);
  throw new LambdaError('ResourceNotFoundException', `The function ${arn} doesn't have an EventInvokeConfig`);
}

/** The configuration of exactly this qualifier: an alias does not inherit that of its version. */
export function eventConfigOf(
  record: FunctionRecord,
  qualifier: string | undefined,
): EventConfigRecord | undefined {
  return record.eventConfigs.find((config) => config.qualifier === (qualifier ?? LATEST));
}
