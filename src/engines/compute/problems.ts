import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('compute', {
  'no-such-function': { status: 404, title: 'No such function' },
  'already-there': { status: 409, title: 'It is there already' },
  'bad-input': { status: 400, title: 'The compute engine refused the input' },
  'too-large': { status: 413, title: 'Too large' },
  'too-many-invocations': { status: 429, title: 'Too many invocations', retryAfterSeconds: 1 },
  'not-allowed': { status: 502, title: 'The compute engine refused our keys' },
  'role-missing': { status: 400, title: 'No execution role' },
  'not-ready': { status: 504, title: 'The function did not become ready' },
  failed: { status: 502, title: 'The compute engine failed' },
  unavailable: { status: 503, title: 'The compute engine does not answer', retryAfterSeconds: 1 },
});
