import { Button, Textarea } from '@mantine/core';
import { IconChecklist, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { PlanView } from '../../../../../src/experiments/schema.ts';
import { type ApiError, asApiError, call } from '../../../api.ts';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { Page } from '../../../parts/page.tsx';
import { Plan } from './plan.tsx';
import { PreviousRuns } from './previous.tsx';
import { TEMPLATE } from './template.ts';

type Busy = 'plan' | 'start' | null;

/** Write a definition, see whether it is ready and how long it will take, start it. */
export function NewExperimentPage() {
  const [source, setSource] = useState(TEMPLATE);
  const [plan, setPlan] = useState<PlanView | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState<Busy>(null);
  const [, navigate] = useLocation();

  async function attempt(what: Exclude<Busy, null>, act: () => Promise<void>) {
    setBusy(what);
    setError(null);
    try {
      await act();
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(null);
    }
  }

  const check = () =>
    attempt('plan', async () => {
      setPlan(null);
      setPlan(await call('planRun', { source }));
    });
  const start = () =>
    attempt('start', async () => {
      const { runId } = await call('startRun', { source });
      navigate(`/experiments/${encodeURIComponent(runId)}`);
    });
  const edit = (text: string) => {
    setSource(text);
    setPlan(null);
  };

  return (
    <Page
      title="New experiment"
      lead="The definition is a Chaos Toolkit file: a hypothesis, and under “extensions” the treatment, its slice, and the metrics that decide."
    >
      <div className="grid">
        <Card title="Definition" className="span-7" end={<PreviousRuns onPick={setSource} />}>
          <Editor source={source} onEdit={edit} />
          <Actions
            busy={busy}
            empty={source.trim() === ''}
            unprepared={plan?.checks.some(({ state }) => state === 'fail') ?? false}
            onPlan={check}
            onStart={start}
          />
        </Card>
        <div className="stack span-5">
          {error !== null && <Failure error={error} />}
          {plan !== null ? <Plan plan={plan} /> : <NoPlan />}
        </div>
      </div>
    </Page>
  );
}

function Editor({ source, onEdit }: { source: string; onEdit(text: string): void }) {
  return (
    <Textarea
      aria-label="Definition, YAML"
      value={source}
      onChange={(event) => onEdit(event.currentTarget.value)}
      rows={26}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      classNames={{ input: 'editor' }}
      data-testid="definition"
    />
  );
}

interface ActionsProps {
  busy: Busy;
  empty: boolean;
  unprepared: boolean;
  onPlan(): void;
  onStart(): void;
}

function Actions({ busy, empty, unprepared, onPlan, onStart }: ActionsProps) {
  const disabled = busy !== null || empty;
  return (
    <div className="form-end" style={{ marginTop: 12 }}>
      <Button
        variant="default"
        leftSection={<IconChecklist size={16} />}
        loading={busy === 'plan'}
        disabled={disabled}
        onClick={onPlan}
      >
        Plan
      </Button>
      <Button
        leftSection={<IconPlayerPlay size={16} />}
        loading={busy === 'start'}
        disabled={disabled}
        onClick={onStart}
      >
        {unprepared ? 'Start anyway' : 'Start'}
      </Button>
    </div>
  );
}

function NoPlan() {
  return (
    <Card title="Plan">
      <Empty icon={IconChecklist} title="Plan before you start">
        <p>
          “Plan” checks the definition and how prepared its target is, and estimates the time to a verdict. It
          changes nothing.
        </p>
      </Empty>
    </Card>
  );
}
