import {
  type Icon,
  IconBolt,
  IconChecklist,
  IconFlask2,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { Permission } from '../session.ts';

export interface Destination {
  label: string;
  path: string;
  icon: Icon;
  /** Shown only to callers with this permission. */
  needs?: Permission;
}

export interface Chapter {
  title: string | null;
  destinations: readonly Destination[];
  /** Omitted from the bottom bar of narrow screens; the account menu has it. */
  aside?: true;
}

/** The chapters of the product, in the order in which work moves up the stack. */
const CHAPTERS: readonly Chapter[] = [
  { title: null, destinations: [{ label: 'Overview', path: '/', icon: IconLayoutDashboard }] },
  { title: 'Operate', destinations: [{ label: 'Functions', path: '/functions', icon: IconBolt }] },
  {
    title: 'Improve',
    destinations: [
      { label: 'Experiments', path: '/experiments', icon: IconFlask2 },
      { label: 'Findings', path: '/findings', icon: IconChecklist },
    ],
  },
  { title: 'Product', destinations: [{ label: 'People', path: '/people', icon: IconUsersGroup }] },
  {
    title: 'Settings',
    aside: true,
    destinations: [
      { label: 'People and tokens', path: '/settings/tokens', icon: IconKey, needs: 'administer' },
      { label: 'Audit log', path: '/settings/audit', icon: IconListDetails, needs: 'audit' },
    ],
  },
];

/** The chapters with the pages that a caller may open. */
export function chaptersFor(permissions: readonly Permission[]): readonly Chapter[] {
  return CHAPTERS.map((chapter) => ({
    ...chapter,
    destinations: chapter.destinations.filter(
      ({ needs }) => needs === undefined || permissions.includes(needs),
    ),
  })).filter(({ destinations }) => destinations.length > 0);
}

/** Whether a path belongs to the destination. */
export function isWithin(destination: string, path: string): boolean {
  if (destination === '/') return path === '/';
  return path === destination || path.startsWith(`${destination}/`);
}

function nameOf(rest: string): string {
  return rest === 'new' ? 'New experiment' : decodeURIComponent(rest);
}

/** The breadcrumb of a path: chapter, page and item. */
export function trailOf(path: string): { label: string; path?: string }[] {
  for (const { title, destinations } of CHAPTERS) {
    const found = destinations.find((destination) => isWithin(destination.path, path));
    if (found === undefined) continue;
    const rest = path.slice(found.path.length + 1);
    const chapter = title === null ? [] : [{ label: title }];
    if (found.path === '/' || rest === '') return [...chapter, { label: found.label }];
    return [...chapter, { label: found.label, path: found.path }, { label: nameOf(rest) }];
  }
  return [{ label: 'Not found' }];
}
