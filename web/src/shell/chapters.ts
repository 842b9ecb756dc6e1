import {
  type Icon,
  IconBolt,
  IconChecklist,
  IconFlask2,
  IconLayoutDashboard,
  IconUsersGroup,
} from '@tabler/icons-react';

export interface Destination {
  label: string;
  path: string;
  icon: Icon;
}

export interface Chapter {
  title: string | null;
  destinations: readonly Destination[];
}

/** The chapters of the product, in the order in which work moves up the stack. */
export const CHAPTERS: readonly Chapter[] = [
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
];

/** Whether the destination is the one that a path belongs to. */
export function isWithin(destination: string, path: string): boolean {
  if (destination === '/') return path === '/';
  return path === destination || path.startsWith(`${destination}/`);
}

function nameOf(rest: string): string {
  return rest === 'new' ? 'New experiment' : decodeURIComponent(rest);
}

/** The trail that leads to a path: chapter, page, and what it shows. */
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
