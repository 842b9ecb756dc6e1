import type { Environment } from '../../../sdk/src/core/environment.ts';
import { source } from '../source.ts';
import { identities } from './table.ts';

/** The id on a product event: the user, or the anonymous visitor. */
export const EVENT_ID = `if(user_id != '', user_id, anonymous_id)`;

/**
 * Adds to the rows of a SELECT, which must be about the same environment, the column `person`: who is behind the id in its column `id` (`EVENT_ID`), which for an
 * anonymous visitor is the user that the visitor was first linked to. Group the SELECT by `id`: then the join handles one
 * row per id instead of one per event. Use the result in a FROM clause.
 */
export function withPerson(environment: Environment, select: string): string {
  return `(
    SELECT ids.*, if(linked != '', linked, id) AS person
    FROM (${select}) AS ids
    LEFT JOIN (SELECT anonymous_id, argMin(user_id, first) AS linked FROM ${source(identities, environment)} GROUP BY anonymous_id) AS links
      ON id = links.anonymous_id
  )`;
}
