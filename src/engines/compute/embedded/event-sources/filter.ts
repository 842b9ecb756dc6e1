import { isEmpty } from '../catalog/fixed-settings.ts';
import { invalidParameter, notSupported } from '../errors.ts';

/** Reads AWS's `FilterCriteria`; without filters every message is processed. */
export function filtersFrom(criteria: unknown): string[] {
  if (typeof criteria !== 'object' || criteria === null) {
    throw invalidParameter('FilterCriteria must be an object');
  }
  if (!isEmpty(criteria)) throw notSupported('FilterCriteria');
  return [];
}
