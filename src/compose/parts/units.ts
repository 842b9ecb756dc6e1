import type { Units } from '../../../lambda/src/lambda.ts';
import { assign } from '../../../sdk/src/core/assignment.ts';
import { findUnit, readContextHeaders, unitOfClientContext } from '../../../sdk/src/core/unit.ts';

/** Units at aliases as experiments see them: found where the SDK finds them, assigned as it assigns them. */
export const UNITS: Units = {
  ofHeaders: (headers) => findUnit(readContextHeaders({ headers })),
  ofClientContext: unitOfClientContext,
  isInShare: (salt, unit, share) => assign(salt, unit, share) === 'treatment',
};
