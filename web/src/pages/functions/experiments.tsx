import { Button } from '@mantine/core';
import { IconFlask2 } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useLive } from '../../live.ts';
import { mergeSummaries } from '../../merge.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useResource } from '../../resource.ts';
import { RunTable } from '../experiments/run-table.tsx';

/** Experiments that apply their treatment in this function. */
export function FunctionExperiments({ name }: { name: string }) {
  const fetched = useResource('listRuns', {});
  const live = useLive(({ summaries }) => summaries);
  return (
    <Card title="Experiments on this function" flush>
      <Loaded resource={fetched} height={120}>
        {({ runs }) => {
          const mine = mergeSummaries(runs, live).filter((run) => run.function === name);
          if (mine.length > 0) return <RunTable runs={mine.slice(0, 10)} />;
          return (
            <Empty icon={IconFlask2} title="No experiments on this function yet">
              <Button component={Link} href="/experiments/new" variant="default" size="xs">
                New experiment
              </Button>
            </Empty>
          );
        }}
      </Loaded>
    </Card>
  );
}
