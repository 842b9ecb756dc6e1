import { Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { plural } from '../format.ts';
import { useLive } from '../live.ts';
import { useCaller } from '../session.ts';
import { chaptersFor, type Destination, isWithin } from './chapters.ts';
import { Logo } from './logo.tsx';

function Count({ path }: { path: string }) {
  const running = useLive((live) => live.overview?.running.length ?? 0);
  const open = useLive((live) => live.overview?.openFindings ?? 0);
  if (path === '/experiments' && running > 0)
    return (
      <span className="nav-count" data-tone="live">
        {running}
        <span className="hidden-visually"> running</span>
      </span>
    );
  if (path === '/findings' && open > 0)
    return (
      <span className="nav-count">
        {open}
        <span className="hidden-visually"> open</span>
      </span>
    );
  return null;
}

function Entry({ destination, className }: { destination: Destination; className: string }) {
  const [path] = useLocation();
  const { label, icon: Icon } = destination;
  return (
    <Link
      href={destination.path}
      className={className}
      aria-current={isWithin(destination.path, path) ? 'page' : undefined}
    >
      <Icon size={className === 'tab' ? 21 : 18} stroke={1.7} aria-hidden="true" />
      <span className={className === 'tab' ? undefined : 'nav-label'}>{label}</span>
      <Count path={destination.path} />
    </Link>
  );
}

/** Navigation on wide screens: a column of chapters that collapses to icons. */
export function Side({ collapsed, onToggle }: { collapsed: boolean; onToggle(): void }) {
  const Icon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const label = collapsed ? 'Expand' : 'Collapse';
  const { permissions } = useCaller();
  return (
    <aside className="side" aria-label="Chapters">
      <Link href="/" className="brand" aria-label="Upstack, overview">
        <Logo />
        <span className="nav-label">Upstack</span>
      </Link>
      <nav aria-label="Main">
        {chaptersFor(permissions).map(({ title, destinations }) => (
          <div key={title ?? 'home'}>
            {title !== null && <p className="chapter">{title}</p>}
            <ul>
              {destinations.map((destination) => (
                <Tooltip
                  key={destination.path}
                  label={destination.label}
                  position="right"
                  disabled={!collapsed}
                >
                  <li>
                    <Entry destination={destination} className="nav-link" />
                  </li>
                </Tooltip>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="side-foot">
        <button type="button" className="nav-link plain" onClick={onToggle} aria-expanded={!collapsed}>
          <Icon size={18} stroke={1.7} aria-hidden="true" />
          <span className={collapsed ? 'hidden-visually' : 'nav-label'}>{label}</span>
        </button>
      </div>
    </aside>
  );
}

/** Navigation on narrow screens: one bar at the bottom. */
export function Tabs() {
  const { permissions } = useCaller();
  const chapters = chaptersFor(permissions).filter(({ aside }) => !aside);
  const running = useLive((live) => live.overview?.running.length ?? 0);
  return (
    <nav className="tabs" aria-label={`Main, ${plural(running, 'experiment')} running`}>
      {chapters
        .flatMap(({ destinations }) => destinations)
        .map((destination) => (
          <Entry key={destination.path} destination={destination} className="tab" />
        ))}
    </nav>
  );
}
