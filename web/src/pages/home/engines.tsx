import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { count, latency, perSecond, plural } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';

const NAMES = { compute: 'Compute', events: 'Events', state: 'State' } as const;

/** Records that wait longer than this mean that numbers are late. */
const LATE_MS = 5_000;

/** One word for everything: whether anything of the control room itself needs attention. */
export function HealthBadge({ overview }: { overview: Overview }) {
  const broken = overview.engines.filter(({ ok }) => !ok);
  if (broken.length > 0)
    return (
      <Badge tone="bad" icon={IconCircleX}>
        {broken.map(({ engine }) => NAMES[engine]).join(' and ')} does not answer
      </Badge>
    );
  return (
    <Badge tone="good" icon={IconCircleCheck}>
      All engines answer
    </Badge>
  );
}

export function EngineStates({ overview }: { overview: Overview }) {
  const { engines, ingestion } = overview;
  const late = ingestion.lagMs > LATE_MS;
  return (
    <Stats label="Engines and ingestion">
      {engines.map(({ engine, ok, detail, restarts }) => (
        <Stat
          key={engine}
          label={`${NAMES[engine]} engine`}
          value={
            <span className="state-word">
              <span className="dot" data-tone={ok ? 'good' : 'bad'} />
              {ok ? 'Healthy' : 'Not answering'}
            </span>
          }
          note={restarts > 0 ? `${detail} · ${plural(restarts, 'restart')}` : detail}
        />
      ))}
      <Stat
        label="Ingestion lag"
        value={
          <span className="state-word">
            <span className="dot" data-tone={late ? 'warn' : 'good'} />
            {latency(ingestion.lagMs)}
          </span>
        }
        note={`${count(ingestion.waiting)} waiting · ${perSecond(ingestion.acceptedPerSecond)} accepted`}
        definition="The age of the oldest record that was acknowledged and is not yet in the events engine. Every number on these pages is at most this late."
      />
    </Stats>
  );
}
