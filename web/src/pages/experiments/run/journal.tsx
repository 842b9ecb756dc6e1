import {
  type Icon,
  IconAlertTriangle,
  IconChecklist,
  IconCircle,
  IconCircleCheck,
  IconFlag,
  IconGavel,
  IconHandStop,
  IconNotebook,
  IconPlayerPlay,
  IconUsersGroup,
  IconVaccine,
} from '@tabler/icons-react';
import type { JournalEntry } from '../../../../../src/experiments/schema.ts';
import { clockTime, dateTime } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';

/** Icons for the kinds of entries, by a word that the kind contains; the text says it all anyway. */
const ICONS: readonly (readonly [RegExp, Icon])[] = [
  [/withdrawn|abort/, IconHandStop],
  [/harmed|cannot/, IconAlertTriangle],
  [/verdict/, IconGavel],
  [/ended/, IconFlag],
  [/applied/, IconVaccine],
  [/exposed/, IconUsersGroup],
  [/started/, IconPlayerPlay],
  [/readiness|again/, IconCircleCheck],
  [/finding/, IconChecklist],
];

function iconOf(kind: string): Icon {
  return ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? IconCircle;
}

interface JournalProps {
  entries: readonly JournalEntry[];
  running: boolean;
  className: string;
}

/** The append-only record of the run, as it grows. */
export function Journal({ entries, running, className }: JournalProps) {
  return (
    <Card title="Journal" className={className}>
      {entries.length === 0 ? (
        <Empty icon={IconNotebook} title="Nothing is written yet" />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className="journal-scroll" aria-label="Journal, entries" tabIndex={0}>
          <ol className="journal" aria-live={running ? 'polite' : 'off'}>
            {entries.map((entry) => {
              const Icon = iconOf(entry.kind);
              return (
                <li key={entry.sequence}>
                  <span className="journal-icon">
                    <Icon size={14} stroke={1.9} aria-hidden="true" />
                  </span>
                  <div>
                    <p>{entry.text}</p>
                    <p className="small muted">
                      <time dateTime={entry.at} title={dateTime(entry.at)}>
                        {clockTime(entry.at)}
                      </time>{' '}
                      · {entry.kind}
                    </p>
                  </div>
                </li>
              );
            })}
          </ol>
        </section>
      )}
    </Card>
  );
}
