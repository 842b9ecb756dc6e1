import type { LookView, RunMessage, RunSummary, RunView } from '../../src/experiments/schema.ts';

/** Above this many looks the older ones are thinned, so that a page left open for hours stays fast. */
export const MAX_LOOKS = 1200;

/** Applies a live message to a run's view. A message that repeats or precedes the view duplicates nothing. */
export function mergeRun(view: RunView, { run, look, journal = [] }: RunMessage): RunView {
  const lastLook = view.looks.at(-1);
  const isNew = look !== undefined && look.elapsedMs > (lastLook?.elapsedMs ?? -1);
  const lastEntry = view.journal.at(-1)?.sequence ?? -1;
  const entries = journal.filter(({ sequence }) => sequence > lastEntry);
  return {
    ...view,
    ...run,
    looks: isNew ? thin([...view.looks, look]) : view.looks,
    journal: entries.length > 0 ? [...view.journal, ...entries] : view.journal,
  };
}

/** A fetched view plus the newer looks and journal entries that the stream already delivered. */
export function mergeView(known: RunView | undefined, fetched: RunView): RunView {
  if (known === undefined) return fetched;
  const after = fetched.looks.at(-1)?.elapsedMs ?? -1;
  const lastEntry = fetched.journal.at(-1)?.sequence ?? -1;
  return {
    ...fetched,
    looks: [...fetched.looks, ...known.looks.filter(({ elapsedMs }) => elapsedMs > after)],
    journal: [...fetched.journal, ...known.journal.filter(({ sequence }) => sequence > lastEntry)],
  };
}

/** Above MAX_LOOKS, drops every second look of the older half. The first and the last always stay. */
function thin(looks: LookView[]): LookView[] {
  if (looks.length <= MAX_LOOKS) return looks;
  const half = Math.floor(looks.length / 2);
  return looks.filter((_, index) => index >= half || index % 2 === 0);
}

/** Merges a fetched list of runs with newer live summaries and with live runs it lacks; newest first. */
export function mergeSummaries(
  fetched: readonly RunSummary[],
  live: ReadonlyMap<string, RunSummary>,
): RunSummary[] {
  const known = new Set(fetched.map(({ runId }) => runId));
  const fresh = [...live.values()].filter(({ runId }) => !known.has(runId));
  return [...fresh, ...fetched.map((run) => newer(run, live.get(run.runId)))].sort((a, b) =>
    b.startedAt.localeCompare(a.startedAt),
  );
}

/** A run that has ended never runs again, so an ended summary wins. */
function newer(fetched: RunSummary, live: RunSummary | undefined): RunSummary {
  return live === undefined || fetched.status === 'ended' ? fetched : live;
}
