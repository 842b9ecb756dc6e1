import { z } from 'zod';
import { type Family, logMixture, mixtureBound } from '../../../stats/boundaries/mixture.ts';
import { doubleStitching, polynomialStitching } from '../../../stats/boundaries/stitching.ts';
import { alpha, type Calculation, calculation, finite, sides } from './calculation.ts';

const mixture = { s: z.number().optional(), v: z.number(), vOpt: z.number(), alpha };

const boundaryInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('normal'), ...mixture, sides: sides.default(2) }),
  z.strictObject({
    kind: z.literal('beta-binomial'),
    ...mixture,
    sides: sides.default(2),
    g: z.number(),
    h: z.number(),
  }),
  z.strictObject({ kind: z.literal('gamma-poisson'), ...mixture, c: z.number() }),
  z.strictObject({ kind: z.literal('gamma-exponential'), ...mixture, c: z.number() }),
  z.strictObject({
    kind: z.literal('polynomial-stitching'),
    v: z.number(),
    vMin: z.number(),
    c: z.number(),
    alpha,
  }),
  z.strictObject({
    kind: z.literal('double-stitching'),
    quantile: z.number(),
    t: z.number(),
    tOpt: z.number(),
    alpha,
  }),
]);

type BoundaryInput = z.output<typeof boundaryInput>;

function mixtureOf(family: Family, { s, v, vOpt, alpha }: z.output<z.ZodObject<typeof mixture>>) {
  return {
    bound: finite(mixtureBound(family, v, alpha, vOpt)),
    ...(s !== undefined && { logE: logMixture(family, s, v, vOpt) }),
  };
}

function boundaryOf(given: BoundaryInput) {
  switch (given.kind) {
    case 'polynomial-stitching':
      return { bound: polynomialStitching(given.v, given.alpha, given.vMin, given.c) };
    case 'double-stitching':
      return { bound: doubleStitching(given.quantile, given.t, given.alpha, given.tOpt) };
    default:
      return mixtureOf(given, given);
  }
}

export const boundaryCalculations: Record<string, Calculation> = {
  boundary: calculation(
    {
      about: 'time-uniform boundaries of the literature: how far a sum may deviate at any time',
      input:
        '{kind: "normal"|"beta-binomial"|"gamma-poisson"|"gamma-exponential", v, vOpt, s?, alpha?: 0.05, sides?: 2, g, h (beta-binomial), c (gamma)} | {kind: "polynomial-stitching", v, vMin, c, alpha?} | {kind: "double-stitching", quantile, t, tOpt, alpha?}',
      schema: boundaryInput,
    },
    boundaryOf,
  ),
};
