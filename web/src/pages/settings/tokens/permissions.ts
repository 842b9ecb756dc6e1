import type { Permission } from '../../../session.ts';

/** All permissions with what they allow, weakest first. */
export const PERMISSIONS: readonly { value: Permission; label: string; help: string }[] = [
  { value: 'read', label: 'Read', help: 'See functions, experiments, findings and product numbers.' },
  { value: 'operate', label: 'Operate', help: 'Invoke functions, start and abort experiments.' },
  { value: 'audit', label: 'Audit', help: 'Read the audit log.' },
  {
    value: 'administer',
    label: 'Administer',
    help: 'Create and revoke tokens. A token cannot grant permissions it does not have.',
  },
];

export const EXPIRIES = [
  { value: '1d', label: 'After a day' },
  { value: '30d', label: 'After 30 days' },
  { value: '90d', label: 'After 90 days' },
  { value: '365d', label: 'After a year' },
  { value: 'never', label: 'Never' },
] as const;
