/** Event source mappings in the state engine: they are about queues, which are there too. */
import type { ColumnType, Kysely } from 'kysely';
import type { EventSourceMapping } from './mapping.ts';

/** The part of the database that event source mappings own. */
export interface MappingTables {
  event_source_mappings: {
    mapping_id: string;
    queue: string;
    function_name: string;
    qualifier: string;
    enabled: boolean;
    batch_size: number;
    window_seconds: number;
    reports_failures: boolean;
    most_concurrent: number | null;
    filters: ColumnType<string[], string, string>;
    modified_at: Date;
  };
}

/** All mappings, in the order of their ids. */
export async function listMappings(database: Kysely<MappingTables>): Promise<EventSourceMapping[]> {
  const rows = await database.selectFrom('event_source_mappings').selectAll().orderBy('mapping_id').execute();
  return rows.map(fromRow);
}

/** `id` is a UUID. */
export async function findMapping(
  database: Kysely<MappingTables>,
  id: string,
): Promise<EventSourceMapping | undefined> {
  const row = await database
    .selectFrom('event_source_mappings')
    .selectAll()
    .where('mapping_id', '=', id)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Writes a mapping, new or changed. Returns the id of another that has the same queue and function; then nothing was written. */
export async function saveMapping(
  database: Kysely<MappingTables>,
  mapping: EventSourceMapping,
): Promise<string | undefined> {
  const row = toRow(mapping);
  const { mapping_id: _, ...changes } = row;
  const other = await database
    .selectFrom('event_source_mappings')
    .select('mapping_id')
    .where('queue', '=', row.queue)
    .where('function_name', '=', row.function_name)
    .where('qualifier', '=', row.qualifier)
    .where('mapping_id', '!=', row.mapping_id)
    .executeTakeFirst();
  if (other) return other.mapping_id;
  await database
    .insertInto('event_source_mappings')
    .values(row)
    .onConflict((conflict) => conflict.column('mapping_id').doUpdateSet(changes))
    .execute();
  return undefined;
}

export async function deleteMapping(database: Kysely<MappingTables>, id: string): Promise<void> {
  await database.deleteFrom('event_source_mappings').where('mapping_id', '=', id).execute();
}

function toRow(mapping: EventSourceMapping) {
  return {
    mapping_id: mapping.id,
    queue: mapping.queue,
    function_name: mapping.functionName,
    qualifier: mapping.qualifier ?? '',
    enabled: mapping.enabled,
    batch_size: mapping.batchSize,
    window_seconds: mapping.windowSeconds,
    reports_failures: mapping.reportsFailures,
    most_concurrent: mapping.mostConcurrent ?? null,
    filters: JSON.stringify(mapping.filters),
    modified_at: mapping.modifiedAt,
  };
}

type MappingRow = Omit<ReturnType<typeof toRow>, 'filters'> & { filters: string[] };

function fromRow(row: MappingRow): EventSourceMapping {
  return {
    id: row.mapping_id,
    queue: row.queue,
    functionName: row.function_name,
    qualifier: row.qualifier === '' ? undefined : row.qualifier,
    enabled: row.enabled,
    batchSize: row.batch_size,
    windowSeconds: row.window_seconds,
    reportsFailures: row.reports_failures,
    mostConcurrent: row.most_concurrent ?? undefined,
    filters: row.filters,
    modifiedAt: row.modified_at,
  };
}
