export type FindingState = 'open' | 'fixed' | 'verified' | 'reopened';

/** What an experiment showed to be wrong. It stays open until a re-run of the experiment is supported. */
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
  /** Description of the treatment for people. */
  treatment: string;
  /** The reason of the latest run that did not pass. */
  reason: string;
  /** Every run that opened, confirmed, reopened or verified it, oldest first. */
  runs: { runId: string; verdict: string }[];
}

/** The outcome of an ended run, as input to its experiment's finding. */
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

/** How a run changes its experiment's latest finding; undefined if it does not. */
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

/** The state after a change. A confirmed finding keeps its state. */
export function stateAfter(state: FindingState, change: FindingChange): FindingState {
  return { opened: 'open', confirmed: state, reopened: 'reopened', verified: 'verified' }[
    change
  ] as FindingState;
}

/** The detail after a run. The run's reason replaces the finding's, unless the run verified it. */
export function detailAfter(detail: FindingDetail | undefined, outcome: Outcome): FindingDetail {
  const { runId, verdict, reason, function: functionName, treatment } = outcome;
  return {
    function: functionName,
    treatment,
    reason: verdict === 'supported' && detail ? detail.reason : reason,
    runs: [...(detail?.runs ?? []), { runId, verdict }],
  };
}
