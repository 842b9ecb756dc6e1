import type { Permission } from '../../../session.ts';

/** Every permission with what it allows, in the order in which power grows. */
export const PERMISSIONS: readonly { value: Permission; label: string; help: string }[] = [
  { value: 'read', label: 'Read', help: 'See functions, experiments, findings and product numbers.' },
  { value: 'operate', label: 'Operate', help: 'Invoke functions, start and abort experiments.' },
  { value: 'audit', label: 'Audit', help: 'Read who did what.' },
  {
    value: 'administer',
    label: 'Administer',
    help: 'Create and revoke tokens, with at most one’s own permissions.',
  },
];

export const EXPIRIES = [
  { value: '1d', label: 'After a day' },
  { value: '30d', label: 'After 30 days' },
  { value: '90d', label: 'After 90 days' },
  { value: '365d', label: 'After a year' },
  { value: 'never', label: 'Never' },
] as const;
