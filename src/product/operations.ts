import { z } from 'zod';
import { type Operation, operation } from '../access/operation.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { growth } from './growth.ts';
import * as queries from './queries.ts';
import { retention } from './retention.ts';
import { adoptionView, featuresView, growthView, retentionView } from './schema.ts';

const days = z.coerce.number().int().min(1).max(365).default(28);

export function productOperations(events: EventsEngine): Operation[] {
  return [
    operation({
      name: 'product.growth',
      summary: 'Weekly active people: new, returning, resurrecting, dormant, and churn',
      method: 'GET',
      path: '/api/product/growth',
      permission: 'read',
      input: z.object({ weeks: z.coerce.number().int().min(2).max(52).default(12) }),
      output: growthView,
      run: async ({ weeks }) => {
        const { people, today } = await queries.activity(events);
        return growth(people, weeks, today);
      },
    }),
    operation({
      name: 'product.retention',
      summary: 'The retention triangle of weekly cohorts, and its averaged curve',
      method: 'GET',
      path: '/api/product/retention',
      permission: 'read',
      input: z.object({
        weeks: z.coerce.number().int().min(2).max(52).default(10),
        kind: z.enum(['first', 'recurring']).default('first'),
        event: z.string().optional().describe('the target event; any event without it'),
      }),
      output: retentionView,
      run: async ({ weeks, kind, event }) => {
        const target = event === '' ? undefined : event;
        const { people, today } = await queries.activity(events, target);
        return retention(people, weeks, kind, target ?? null, today);
      },
    }),
    operation({
      name: 'product.adoption',
      summary: 'Who uses one feature, and when they first did',
      method: 'GET',
      path: '/api/product/adoption',
      permission: 'read',
      input: z.object({ event: z.string().min(1).describe("the feature's event"), days }),
      output: adoptionView,
      run: ({ event, days }) => queries.adoption(events, event, days),
    }),
    operation({
      name: 'product.features',
      summary: 'Every product event: people, share of active people, uses, repeated use',
      method: 'GET',
      path: '/api/product/features',
      permission: 'read',
      input: z.object({ days }),
      output: featuresView,
      run: ({ days }) => queries.features(events, days),
    }),
  ];
}
