import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('deploy', {
  'no-such-directory': { status: 400, title: 'There is no such directory' },
  'no-entry': { status: 400, title: 'The directory holds no entry file' },
  'bundle-failed': { status: 400, title: 'The function could not be bundled' },
  'no-handler': { status: 400, title: 'The entry file exports no handler' },
  'no-such-alias': { status: 404, title: 'The function has no such alias' },
  'no-earlier-version': { status: 409, title: 'There is no version to go back to' },
  'too-large': { status: 413, title: 'The package is too large' },
});
