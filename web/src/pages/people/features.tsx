import { useState } from 'react';
import type { FeaturesView } from '../../../../src/product/schema.ts';
import { count, percent, share } from '../../format.ts';
import { Card } from '../../parts/card.tsx';
import { Definition } from '../../parts/definition.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useResource } from '../../resource.ts';
import { Adoption } from './adoption.tsx';

/** The input of `listFeatures` on this page. */
export const FEATURES = { days: 28 };

/** All features (product events), and the adoption of the selected one. */
export function Features() {
  const features = useResource('listFeatures', FEATURES);
  const [picked, setPicked] = useState<string | null>(null);
  return (
    <Loaded resource={features} height={360}>
      {(view) => {
        const selected = picked ?? view.features[0]?.event ?? null;
        return (
          <div className="grid">
            <Card
              title="Features"
              flush
              className="span-7 fill"
              aside={
                <Definition of="Features">
                  All product events of the last {view.days} days. People: distinct people who used the
                  feature. Rate: people divided by all {count(view.active)} active people. Repeat: the share
                  of people who used it on at least two days.
                </Definition>
              }
              end={<span className="small muted">last {view.days} days</span>}
            >
              <FeatureTable view={view} selected={selected} onSelect={setPicked} />
            </Card>
            {selected !== null && <Adoption event={selected} days={view.days} className="span-5 fill" />}
          </div>
        );
      }}
    </Loaded>
  );
}

interface FeatureTableProps {
  view: FeaturesView;
  selected: string | null;
  onSelect(event: string): void;
}

function FeatureTable({ view, selected, onSelect }: FeatureTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x" aria-label="Features, table" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col" className="right">
              People
            </th>
            <th scope="col">Rate</th>
            <th scope="col" className="right">
              Uses
            </th>
            <th scope="col" className="right">
              Repeat
            </th>
          </tr>
        </thead>
        <tbody>
          {view.features.map(({ event, people, rate, uses, repeat }) => (
            <tr key={event} data-selected={event === selected ? '' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="plain row-button"
                  aria-pressed={event === selected}
                  onClick={() => onSelect(event)}
                >
                  {event}
                </button>
              </th>
              <td className="right">{count(people)}</td>
              <td>
                <span className="rate">
                  <span className="rate-track" aria-hidden="true">
                    <span style={{ width: `${(rate ?? 0) * 100}%` }} />
                  </span>
                  {percent(rate)}
                </span>
              </td>
              <td className="right">{count(uses)}</td>
              <td className="right">{percent(share(repeat, people))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
