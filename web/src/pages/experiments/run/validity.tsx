import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { LookView, RunView } from '../../../../../src/experiments/schema.ts';
import { clockTime, count, NONE, percent, share } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Card } from '../../../parts/card.tsx';
import { Definition } from '../../../parts/definition.tsx';

/** Whether the arms may be compared at all, and whether the treatment was really there. */
export function Validity({ run, look }: { run: RunView; look: LookView | undefined }) {
  const { injections } = run;
  const ratio = look?.sampleRatio;
  return (
    <Card title="Can it be trusted?">
      <dl className="facts">
        <dt className="with-help">
          Sample ratio
          <Definition of="Sample ratio">
            Units are assigned by a fixed share. When the arms hold other shares than that, something loses
            units of one arm (a crash, lost telemetry), and the comparison is worth nothing: the run is
            invalid.
          </Definition>
        </dt>
        <dd>
          {ratio === undefined ? (
            NONE
          ) : ratio.mismatch ? (
            <Badge tone="bad" icon={IconAlertTriangle}>
              Mismatch
            </Badge>
          ) : (
            <Badge tone="good" icon={IconCircleCheck}>
              As assigned
            </Badge>
          )}
        </dd>
        {ratio !== undefined && (
          <>
            <dt>In treatment</dt>
            <dd>
              {percent(share(ratio.treatment, ratio.control + ratio.treatment))}
              <span className="muted"> of {count(ratio.control + ratio.treatment)} units</span>
            </dd>
            <dt>Assigned</dt>
            <dd>{percent(ratio.share)}</dd>
          </>
        )}
        <dt>Met the treatment</dt>
        <dd>
          {count(injections.count)} <span className="muted">invocations</span>
        </dd>
        <dt>First, last</dt>
        <dd>
          {injections.firstAt === null || injections.lastAt === null
            ? NONE
            : `${clockTime(injections.firstAt)} – ${clockTime(injections.lastAt)}`}
        </dd>
      </dl>
    </Card>
  );
}
