import { z } from 'zod';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { defineOperations, operation } from '../access/operation.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { growth } from './growth.ts';
import * as queries from './queries.ts';
import { retention } from './retention.ts';
import { productRoutes } from './routes.ts';
import { adoptionView, featuresView, growthView, retentionView } from './schema.ts';

const days = z.number().int().min(1).max(365).default(28);

export function productOperations(events: EventsEngine) {
  return defineOperations(productRoutes, {
    showGrowth: operation({
      summary: 'Weekly active people: new, returning, resurrecting, dormant, and churn',
      permission: 'read',
      effect: 'reads',
      input: z.object({ weeks: z.number().int().min(2).max(52).default(12) }),
      output: growthView,
      run: async ({ weeks }) => {
        const { people, today } = await queries.activity(events, DEFAULT_ENVIRONMENT);
        return growth(people, weeks, today);
      },
    }),
    showRetention: operation({
      summary: 'The retention triangle of weekly cohorts, and the averaged curve',
      permission: 'read',
      effect: 'reads',
      input: z.object({
        weeks: z.number().int().min(2).max(52).default(10),
        kind: z.enum(['first', 'recurring']).default('first'),
        event: z.string().optional().describe('the target event (default: any event)'),
      }),
      output: retentionView,
      run: async ({ weeks, kind, event }) => {
        const target = event === '' ? undefined : event;
        const { people, today } = await queries.activity(events, DEFAULT_ENVIRONMENT, target);
        return retention(people, weeks, kind, target ?? null, today);
      },
    }),
    showAdoption: operation({
      summary: 'Who uses one feature, and when they first did',
      permission: 'read',
      effect: 'reads',
      input: z.object({ event: z.string().min(1).describe("the feature's event"), days }),
      output: adoptionView,
      run: ({ event, days }) => queries.adoption(events, DEFAULT_ENVIRONMENT, event, days),
    }),
    listFeatures: operation({
      summary: 'All product events: people, share of active people, uses, repeated use',
      permission: 'read',
      effect: 'reads',
      input: z.object({ days }),
      output: featuresView,
      run: ({ days }) => queries.features(events, DEFAULT_ENVIRONMENT, days),
    }),
  });
}
