import { IconUsersGroup } from '@tabler/icons-react';
import type { GrowthView } from '../../../../src/product/schema.ts';
import { count, percent } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { useResource } from '../../resource.ts';
import { Features } from './features.tsx';
import { Growth } from './growth.tsx';
import { Retention } from './retention.tsx';

const REFRESH_MS = 60_000;

/** Who uses the product, whether they come back, and for what. */
export function PeoplePage() {
  const growth = useResource('showGrowth', { weeks: 12 }, REFRESH_MS);
  return (
    <Page
      title="People"
      lead="Who uses the product, whether they come back, and for what. Weeks start on Monday, UTC."
    >
      <Loaded resource={growth} height={460}>
        {({ weeks }) =>
          weeks.every(({ active }) => active === 0) ? (
            <NoPeople />
          ) : (
            <>
              <Headline weeks={weeks} />
              <Growth weeks={weeks} />
              <Retention />
              <Features />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function NoPeople() {
  return (
    <div className="card">
      <Empty icon={IconUsersGroup} title="No product events yet" level="h2">
        <p>
          Send events with any Segment library to this control room (<code>npx upstack env</code> prints the
          write key), or call <code>track()</code> from the SDK inside a function.
        </p>
      </Empty>
    </div>
  );
}

function Headline({ weeks }: { weeks: GrowthView['weeks'] }) {
  const last = weeks.findLast(({ settling }) => !settling);
  const current = weeks.at(-1);
  const gained = last === undefined ? 0 : last.new + last.resurrecting;
  return (
    <Stats label="Now">
      <Stat
        label="Active this week"
        value={count(current?.active ?? 0)}
        note="incomplete week"
        definition="Distinct people with at least one product event since Monday, UTC. An anonymous person who logs in later is counted once."
      />
      <Stat
        label="Active last week"
        value={count(last?.active ?? 0)}
        definition="Distinct people with at least one product event in the last full week."
      />
      <Stat
        label="Churn last week"
        value={percent(last?.churn ?? null)}
        definition="The share of people active in the week before who were not active in the last full week."
      />
      <Stat
        label="Quick ratio"
        value={last === undefined || last.dormant === 0 ? '–' : (gained / last.dormant).toFixed(2)}
        note={last === undefined ? '' : `${count(gained)} gained, ${count(last.dormant)} lost`}
        definition="New plus resurrecting people, divided by dormant people, in the last full week. Above 1, the product grows."
      />
    </Stats>
  );
}
