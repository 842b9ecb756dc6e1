export type FindingState = 'open' | 'fixed' | 'verified' | 'reopened';

/** What an experiment taught. It stays open until a re-run of the experiment is supported. */
export interface Finding {
  findingId: string;
  /** The run that opened it. */
  runId: string;
  experiment: string;
  title: string;
  state: FindingState;
  openedAt: Date;
  closedAt: Date | null;
  detail: FindingDetail;
}

export interface FindingDetail {
  function: string;
  /** What was done to the function, for people. */
  treatment: string;
  /** What the latest run that did not pass said. */
  reason: string;
  /** Every run that opened, confirmed, reopened or verified it, oldest first. */
  runs: { runId: string; verdict: string }[];
}

/** What a run that has ended says about its experiment's finding. */
export interface Outcome {
  runId: string;
  experiment: string;
  title: string;
  verdict: 'supported' | 'refuted' | 'undecided' | 'invalid';
  reason: string;
  function: string;
  treatment: string;
}

export type FindingChange = 'opened' | 'confirmed' | 'reopened' | 'verified';

/** What becomes of the experiment's latest finding; undefined when the run taught nothing about it. */
export function changeOf(
  latest: Pick<Finding, 'state'> | undefined,
  outcome: Outcome,
): FindingChange | undefined {
  if (outcome.verdict === 'refuted') {
    if (!latest) return 'opened';
    return latest.state === 'open' || latest.state === 'reopened' ? 'confirmed' : 'reopened';
  }
  const unverified = latest !== undefined && latest.state !== 'verified';
  return outcome.verdict === 'supported' && unverified ? 'verified' : undefined;
}

/** The state after a change. A finding that is confirmed stays what it is. */
export function stateAfter(state: FindingState, change: FindingChange): FindingState {
  return { opened: 'open', confirmed: state, reopened: 'reopened', verified: 'verified' }[
    change
  ] as FindingState;
}

/** The detail after a run: its reason stands for the finding, unless it verified it. */
export function detailAfter(detail: FindingDetail | undefined, outcome: Outcome): FindingDetail {
  const { runId, verdict, reason, function: functionName, treatment } = outcome;
  return {
    function: functionName,
    treatment,
    reason: verdict === 'supported' && detail ? detail.reason : reason,
    runs: [...(detail?.runs ?? []), { runId, verdict }],
  };
}
