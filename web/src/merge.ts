import type { LookView, RunMessage, RunSummary, RunView } from '../../src/experiments/schema.ts';

/** More looks than this are thinned, so that a page which stays open for hours stays quick. */
export const MOST_LOOKS = 1200;

/** A run's view with a live message applied. Messages may repeat or arrive before the view: nothing is doubled. */
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

/** A freshly fetched view, with what the stream already told us beyond it. */
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

/** Drops every second look of the older half once there are too many; the first and the last always stay. */
function thin(looks: LookView[]): LookView[] {
  if (looks.length <= MOST_LOOKS) return looks;
  const half = Math.floor(looks.length / 2);
  return looks.filter((_, index) => index >= half || index % 2 === 0);
}

/** A fetched list of runs with newer live summaries in place, and live runs that it does not have yet; newest first. */
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

/** A run that has ended never runs again, so an ended summary wins over whatever is older. */
function newer(fetched: RunSummary, live: RunSummary | undefined): RunSummary {
  return live === undefined || fetched.status === 'ended' ? fetched : live;
}
