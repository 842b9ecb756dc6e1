import type { EventsEngine } from '../../engines/events/engine.ts';

/** Distinct people with a product event today and in the last seven days (UTC). */
export async function activePeople(events: EventsEngine): Promise<{ today: number; week: number }> {
  const [row] = await events.query<{ today: number; week: number }>(
    `SELECT toUInt32(uniqExactIf(actor, day = today())) AS today, toUInt32(uniqExact(actor)) AS week
     FROM (SELECT day, if(user_id != '', user_id, anonymous_id) AS actor
           FROM upstack.product_events WHERE day > today() - 7)`,
  );
  return row ?? { today: 0, week: 0 };
}
