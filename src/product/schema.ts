import { z } from 'zod';

/**
 * The API's view of product metrics; `web/` imports these types. Weeks are named by their Monday, `YYYY-MM-DD`, UTC.
 */

const growthWeek = z.object({
  week: z.string(),
  /** active = new + returning + resurrecting */
  active: z.number(),
  new: z.number(),
  returning: z.number(),
  resurrecting: z.number(),
  /** Active in the previous week, but not in this one. */
  dormant: z.number(),
  /** dormant / active of the previous week; null in the first week. */
  churn: z.number().nullable(),
  /** The week has not ended yet. */
  settling: z.boolean(),
});

export const growthView = z.object({ weeks: z.array(growthWeek) });

export const retentionView = z.object({
  /** The target event, or null for any event. */
  event: z.string().nullable(),
  kind: z.enum(['first', 'recurring']),
  cohorts: z.array(
    z.object({
      week: z.string(),
      people: z.number(),
      /** People active k weeks later, k = 0, 1, …; null if that week is in the future. */
      retained: z.array(z.number().nullable()),
      /** Index of the retained week that has not ended yet, or null. */
      settlingIndex: z.number().nullable(),
    }),
  ),
  /** Retained share after k weeks over all eligible cohorts; null if nobody is eligible. */
  curve: z.array(z.number().nullable()),
});

export const adoptionView = z.object({
  event: z.string(),
  days: z.number(),
  /** People who used it in the period, and people active at all. */
  adopters: z.number(),
  active: z.number(),
  rate: z.number().nullable(),
  uses: z.number(),
  /** Adopters who used it on at least two distinct days. */
  repeat: z.number(),
  /** First uses per day, oldest first, and their running total. */
  firstUses: z.array(z.object({ day: z.string(), people: z.number(), total: z.number() })),
});

const featureRow = z.object({
  event: z.string(),
  people: z.number(),
  rate: z.number().nullable(),
  uses: z.number(),
  repeat: z.number(),
});

export const featuresView = z.object({ days: z.number(), active: z.number(), features: z.array(featureRow) });

export type GrowthView = z.infer<typeof growthView>;
export type RetentionView = z.infer<typeof retentionView>;
export type AdoptionView = z.infer<typeof adoptionView>;
export type FeaturesView = z.infer<typeof featuresView>;
