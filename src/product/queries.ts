import type { Environment } from '../../sdk/src/core/environment.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { EVENT_ID, withPerson } from '../signals/identities/person.ts';
import { productEvents } from '../signals/product-events/table.ts';
import { source } from '../signals/source.ts';
import { type Activity, WEEKS_KEPT } from './activity.ts';
import type { AdoptionView, FeaturesView } from './schema.ts';

/** Limits of a query. It fails before it can overload the events engine. */
const LIMITS = 'SETTINGS max_memory_usage = 1000000000, max_execution_time = 20';

/** The weeks in which each person was active (with `event`, or any), one row per pattern; also the engine's date. */
export async function activity(
  events: EventsEngine,
  environment: Environment,
  event?: string,
): Promise<{ today: string; people: Activity[] }> {
  const rows = await events.query<{ weeks: string; people: number; today: string }>(
    `SELECT toString(weeks) AS weeks, toUInt32(count()) AS people, toString(today()) AS today FROM (
       SELECT person, groupBitOr(id_weeks) AS weeks FROM ${withPerson(
         environment,
         `
         SELECT ${EVENT_ID} AS id, groupBitOr(bitShiftLeft(toUInt64(1), toUInt8(least(${WEEKS_KEPT - 1},
             dateDiff('week', toMonday(day), toMonday(today())))))) AS id_weeks
         FROM ${source(productEvents, environment)}
         WHERE day <= today() AND type IN ('track', 'page', 'screen') ${event === undefined ? '' : 'AND event = {event:String}'}
         GROUP BY id`,
       )}
       GROUP BY person
     ) GROUP BY weeks ${LIMITS}`,
    event === undefined ? {} : { event },
  );
  return {
    today: rows[0]?.today ?? new Date().toISOString().slice(0, 10),
    people: rows.map((row) => ({ weeks: BigInt(row.weeks), people: row.people })),
  };
}

interface FeatureFigures {
  event: string;
  people: number;
  uses: number;
  repeat: number;
}

const MAX_FEATURES = 100;

/**
 * One event or all events of the last `days` days, at most the 100 with the most people: people, uses, and people who
 * used it on at least two days.
 */
export async function features(
  events: EventsEngine,
  environment: Environment,
  days: number,
  event?: string,
): Promise<FeaturesView> {
  const [active, rows] = await Promise.all([
    activePeople(events, environment, days),
    events.query<FeatureFigures>(
      `SELECT event, toUInt32(count()) AS people, toUInt32(sum(uses)) AS uses, toUInt32(countIf(length(used_days) >= 2)) AS repeat
       FROM (
         SELECT event, person, sum(id_uses) AS uses, groupUniqArrayArray(id_days) AS used_days FROM ${withPerson(
           environment,
           `
           SELECT event, ${EVENT_ID} AS id, uniqExact(message_id) AS id_uses, groupUniqArray(day) AS id_days
           FROM ${source(productEvents, environment)} WHERE day > today() - {days:UInt32} AND day <= today() AND type = 'track'
             ${event === undefined ? '' : 'AND event = {event:String}'}
           GROUP BY event, id`,
         )}
         GROUP BY event, person
       ) GROUP BY event ORDER BY people DESC, event LIMIT ${MAX_FEATURES} ${LIMITS}`,
      { days, ...(event !== undefined && { event }) },
    ),
  ]);
  const rate = (people: number) => (active === 0 ? null : people / active);
  return { days, active, features: rows.map((row) => ({ ...row, rate: rate(row.people) })) };
}

/** The number of people active in the last `days` days, including today. */
export async function activePeople(
  events: EventsEngine,
  environment: Environment,
  days: number,
): Promise<number> {
  const [row] = await events.query<{ people: number }>(
    `SELECT toUInt32(uniqExact(person)) AS people FROM ${withPerson(
      environment,
      `
       SELECT ${EVENT_ID} AS id FROM ${source(productEvents, environment)}
       WHERE day > today() - {days:UInt32} AND day <= today() AND type IN ('track', 'page', 'screen') GROUP BY id`,
    )} ${LIMITS}`,
    { days },
  );
  return row?.people ?? 0;
}

/** Adoption of one feature over the last `days` days, with first uses per day. First means first ever. */
export async function adoption(
  events: EventsEngine,
  environment: Environment,
  event: string,
  days: number,
): Promise<AdoptionView> {
  const [all, first] = await Promise.all([
    features(events, environment, days, event),
    firstUses(events, environment, event, days),
  ]);
  const nobody = { people: 0, uses: 0, repeat: 0, rate: all.active === 0 ? null : 0 };
  const figures = all.features[0] ?? nobody;
  let total = first.before;
  const firstUsesPerDay = first.days.map(({ day, people }) => {
    total += people;
    return { day, people, total };
  });
  return {
    event,
    days,
    adopters: figures.people,
    active: all.active,
    rate: figures.rate,
    uses: figures.uses,
    repeat: figures.repeat,
    firstUses: firstUsesPerDay,
  };
}

async function firstUses(events: EventsEngine, environment: Environment, event: string, days: number) {
  const rows = await events.query<{ day: string; people: number; before: number }>(
    `SELECT shown AS day, toUInt32(countIf(since > today() - {days:UInt32})) AS people,
       toUInt32(countIf(since <= today() - {days:UInt32})) AS before
     FROM (
       SELECT person, min(id_since) AS since, greatest(since, today() - {days:UInt32} + 1) AS shown FROM ${withPerson(
         environment,
         `
         SELECT ${EVENT_ID} AS id, min(day) AS id_since FROM ${source(productEvents, environment)}
         WHERE event = {event:String} AND type = 'track' AND day <= today() GROUP BY id`,
       )}
       GROUP BY person
     ) GROUP BY shown
     ORDER BY day WITH FILL FROM today() - {days:UInt32} + 1 TO today() + 1 ${LIMITS}`,
    { event, days },
  );
  return { before: rows.reduce((sum, row) => sum + row.before, 0), days: rows };
}
