import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { Overview } from '../../../../src/operate/overview/schema.ts';
import { count, latency, perSecond, plural } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';

const NAMES = { compute: 'Compute', events: 'Events', state: 'State' } as const;

/** Above this lag, ingestion counts as late. */
const LATE_MS = 5_000;

/** Whether all engines respond, or which do not. */
export function HealthBadge({ overview }: { overview: Overview }) {
  const broken = overview.engines.filter(({ ok }) => !ok);
  if (broken.length > 0)
    return (
      <Badge tone="bad" icon={IconCircleX}>
        Not responding: {broken.map(({ engine }) => NAMES[engine]).join(', ')}
      </Badge>
    );
  return (
    <Badge tone="good" icon={IconCircleCheck}>
      All engines healthy
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
              {ok ? 'Healthy' : 'Not responding'}
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
        definition="The age of the oldest acknowledged record that is not yet in the events engine. Numbers on these pages are at most this late."
      />
    </Stats>
  );
}
