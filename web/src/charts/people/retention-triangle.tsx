import type { CSSProperties } from 'react';
import type { RetentionView } from '../../../../src/product/schema.ts';
import { count, dayName, percent, plural, share } from '../../format.ts';

/** The retention triangle: a row per cohort, a column per week later. Darker cells mean that more people came back. */
export function RetentionTriangle({ view }: { view: RetentionView }) {
  const later = view.curve.map((_, k) => k);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x triangle" tabIndex={0} aria-label="Retention by cohort">
      <table>
        <thead>
          <tr>
            <th scope="col">Week of</th>
            <th scope="col">People</th>
            {later.map((k) => (
              <th key={k} scope="col">
                <span className="hidden-visually">week </span>
                {k}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="triangle-mean">
            <th scope="row">All cohorts</th>
            <td>{count(view.cohorts.reduce((sum, { people }) => sum + people, 0))}</td>
            {later.map((k) => (
              <Cell key={k} value={view.curve[k] ?? null} title={`All cohorts, ${k} weeks later`} />
            ))}
          </tr>
          {view.cohorts.map(({ week, people, retained, settlingIndex }) => (
            <tr key={week}>
              <th scope="row">{dayName(week)}</th>
              <td>{count(people)}</td>
              {later.map((k) => {
                const kept = retained[k] ?? null;
                return (
                  <Cell
                    key={k}
                    value={kept === null ? null : share(kept, people)}
                    settling={k === settlingIndex}
                    title={`${count(kept ?? 0)} of ${plural(people, 'person', 'people')}, ${plural(k, 'week')} later`}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  value: number | null;
  title: string;
  settling?: boolean;
}

function Cell({ value, title, settling = false }: CellProps) {
  if (value === null) return <td className="cell-none" />;
  return (
    <td
      className="cell"
      data-settling={settling ? '' : undefined}
      style={{ '--heat': value } as CSSProperties}
      title={settling ? `${title} (incomplete week)` : title}
    >
      {percent(value)}
    </td>
  );
}
