import type { MetricName } from './definition.ts';

export interface CatalogEntry {
  name: MetricName;
  summary: string;
  /** What has to be and what may be said of it in an experiment file. */
  required: readonly string[];
  optional: readonly string[];
}

/** Every metric that an experiment may name. */
export const CATALOG: readonly CatalogEntry[] = [
  {
    name: 'conversion',
    summary: 'units whose first exposure is followed by a product event within a window',
    required: ['event', 'within'],
    optional: [],
  },
  {
    name: 'error-rate',
    summary: 'units with a failed invocation after their first exposure',
    required: [],
    optional: ['function'],
  },
];

export function metricNamed(name: string): CatalogEntry | undefined {
  return CATALOG.find((known) => known.name === name);
}

/** What to say about a name that is not in the catalogue: the names there are. */
export function unknownMetric(name: string): string {
  return `unknown metric "${name}": use one of ${CATALOG.map((known) => known.name).join(', ')}`;
}
