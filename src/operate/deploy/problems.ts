import { problemTable } from '../../lib/problem.ts';

export const problem = problemTable('deploy', {
  'no-such-directory': { status: 400, title: 'The directory does not exist' },
  'no-entry': { status: 400, title: 'The directory has no entry file' },
  'wrong-runtime': { status: 400, title: 'The runtime cannot run this function' },
  'not-bundled': { status: 400, title: 'The function is not bundled' },
  'not-executable': { status: 400, title: 'The bootstrap is not executable' },
  unreadable: { status: 400, title: 'A file of the directory cannot be read' },
  'bundle-failed': { status: 400, title: 'The function could not be bundled' },
  'no-handler': { status: 400, title: 'The function has no handler' },
  'no-such-alias': { status: 404, title: 'The function has no such alias' },
  'no-earlier-version': { status: 409, title: 'There is no version to roll back to' },
  'too-large': { status: 413, title: 'The package is too large' },
});
