import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('http', {
  'invalid-input': { status: 400, title: 'Invalid input' },
  'not-found': { status: 404, title: 'Not found' },
  'not-built': { status: 503, title: 'The dashboard is not built' },
  starting: { status: 503, title: 'Starting', retryAfterSeconds: 1 },
});
