import { problemTable } from '../lib/problem.ts';

export const problem = problemTable('access', {
  unauthenticated: { status: 401, title: 'Who are you?' },
  forbidden: { status: 403, title: 'Not allowed' },
  'invalid-input': { status: 400, title: 'Invalid input' },
  'foreign-origin': { status: 403, title: 'Foreign host or origin' },
  'keys-unreadable': { status: 500, title: 'The key file cannot be used' },
});
