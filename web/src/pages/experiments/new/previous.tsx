import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { RunSummary } from '../../../../../src/experiments/schema.ts';
import { call } from '../../../api.ts';
import { dateTime } from '../../../format.ts';
import { useResource } from '../../../resource.ts';

/** Begins a definition from that of an earlier run, the latest one of each experiment. */
export function PreviousRuns({ onPick }: { onPick(source: string): void }) {
  const { data } = useResource('listRuns', {});
  const [picked, setPicked] = useState('');
  const latest = new Map<string, RunSummary>();
  for (const run of data?.runs ?? []) if (!latest.has(run.experiment)) latest.set(run.experiment, run);
  if (latest.size === 0) return null;

  async function pick(runId: string) {
    setPicked(runId);
    if (runId === '') return;
    const run = await call('showRun', { runId }).catch(() => null);
    if (run !== null) onPick(run.source);
  }

  return (
    <NativeSelect
      size="xs"
      aria-label="Begin from an earlier run"
      value={picked}
      onChange={(event) => pick(event.currentTarget.value)}
      data={[
        { value: '', label: 'Begin from an earlier run …' },
        ...[...latest.values()].map((run) => ({
          value: run.runId,
          label: `${run.title} (${dateTime(run.startedAt)})`,
        })),
      ]}
      className="previous"
    />
  );
}
