import { problemTable } from '../../lib/problem.ts';

/** What can be wrong with a request that brings signals. */
export const problem = problemTable('ingestion', {
  'no-write-key': { status: 401, title: 'No valid write key' },
  'unknown-encoding': { status: 415, title: 'Encoding not supported' },
  'unknown-type': { status: 415, title: 'Content type not supported' },
  'broken-body': { status: 400, title: 'The body cannot be read' },
  'too-large': { status: 413, title: 'The body is too large' },
  'not-taken': { status: 404, title: 'This kind of signal is not taken yet' },
  'invalid-events': { status: 400, title: 'Invalid product events' },
});
