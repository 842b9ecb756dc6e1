import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconFlask2, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { RunSummary } from '../../../../src/experiments/schema.ts';
import { useLive } from '../../live.ts';
import { mergeSummaries } from '../../merge.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { outcomeOf } from '../../parts/run/outcome.tsx';
import { useResource } from '../../resource.ts';
import { RunTable } from './run-table.tsx';

const FILTERS = ['All', 'Running', 'Supported', 'Refuted', 'Aborted', 'Other'] as const;
type Filter = (typeof FILTERS)[number];

/** Whether a run belongs to the filter and mentions the words. */
function matches(run: RunSummary, filter: Filter, words: string): boolean {
  const { label } = outcomeOf(run);
  const named = ['Running', 'Supported', 'Refuted', 'Aborted'].includes(label) ? label : 'Other';
  if (filter !== 'All' && named !== filter) return false;
  const text = `${run.title} ${run.experiment} ${run.function} ${run.hypothesis} ${run.runId}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function ExperimentsPage() {
  const fetched = useResource('listRuns', {});
  const live = useLive(({ summaries }) => summaries);
  return (
    <Page
      title="Experiments"
      lead="A hypothesis, a treatment on a slice of real traffic, and what the evidence says about it."
      actions={
        <Button component={Link} href="/experiments/new" leftSection={<IconPlus size={16} />}>
          New experiment
        </Button>
      }
    >
      <Loaded resource={fetched} height={320}>
        {({ runs }) => {
          const all = mergeSummaries(runs, live);
          return all.length === 0 ? <NoRuns /> : <Runs runs={all} />;
        }}
      </Loaded>
    </Page>
  );
}

function NoRuns() {
  return (
    <div className="card">
      <Empty icon={IconFlask2} title="Nothing was tried yet" level="h2">
        <p>
          Write down what you believe will hold, and let a fault on a small slice of traffic test it:{' '}
          <Link href="/experiments/new">start the first experiment</Link>, or run{' '}
          <code>npx upstack experiment run FILE</code>.
        </p>
      </Empty>
    </div>
  );
}

function Runs({ runs }: { runs: readonly RunSummary[] }) {
  const [filter, setFilter] = useState<Filter>('All');
  const [words, setWords] = useState('');
  const shown = runs.filter((run) => matches(run, filter, words));
  return (
    <div className="card">
      <div className="filters">
        <SegmentedControl
          size="xs"
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
          data={[...FILTERS]}
          aria-label="Outcome"
          withItemsBorders={false}
          className="outcome-filter"
        />
        <TextInput
          size="xs"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          placeholder="Title, function, run …"
          aria-label="Filter the experiments"
          leftSection={<IconSearch size={15} />}
        />
      </div>
      {shown.length > 0 ? (
        <RunTable runs={shown} />
      ) : (
        <Empty icon={IconSearch} title="No experiment matches">
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setFilter('All');
              setWords('');
            }}
          >
            Clear the filter
          </Button>
        </Empty>
      )}
    </div>
  );
}
