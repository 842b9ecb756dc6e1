import type { Input } from '../../../api.ts';

type Outcome = 'attempted' | 'done' | 'refused' | 'failed';

/** The filters in the page's URL. */
export interface Filter {
  caller: string;
  operation: string;
  outcome: Outcome | '';
  since: Since;
}

export const SINCE = { all: null, '24h': 1, '7d': 7, '30d': 30 } as const;
export type Since = keyof typeof SINCE;

export const OUTCOMES: readonly Outcome[] = ['done', 'refused', 'failed', 'attempted'];

const DAY_MS = 86_400_000;

/** Ignores unknown values, so that an old address still works. */
export function filterOf(search: URLSearchParams): Filter {
  const since = search.get('since') ?? '';
  return {
    caller: search.get('caller') ?? '',
    operation: search.get('operation') ?? '',
    outcome: OUTCOMES.find((outcome) => outcome === search.get('outcome')) ?? '',
    since: since in SINCE ? (since as Since) : 'all',
  };
}

/** The URL's query, without empty filters. */
export function searchOf({ since, ...rest }: Filter): Record<string, string> {
  const given = Object.entries(rest).filter(([, value]) => value !== '');
  return Object.fromEntries(since === 'all' ? given : [...given, ['since', since]]);
}

/** The operation's input. Times are rounded to minutes, so that repeated requests share one cache entry. */
export function inputOf({ caller, operation, outcome, since }: Filter, nowMs: number): Input<'listAudit'> {
  const days = SINCE[since];
  const minute = Math.floor(nowMs / 60_000) * 60_000;
  return {
    ...(caller !== '' && { caller }),
    ...(operation !== '' && { operation }),
    ...(outcome !== '' && { outcome }),
    ...(days !== null && { since: new Date(minute - days * DAY_MS).toISOString() }),
  };
}
