import { problem } from './problems.ts';

/** Where a handler is looked for first, in this order; AWS's console and SAM name them so. */
const MODULES = ['lambda_function', 'app', 'main', 'handler', 'index'];
const FUNCTIONS = ['lambda_handler', 'handler'];

/**
 * `module.function` of a Python function: the first of the usual modules that defines `lambda_handler` or `handler` at
 * its top level, or the only other one that does. `sources` maps the files of the directory itself to their text.
 * Throws `deploy.no-handler` (400).
 */
export function pythonHandlerOf(directory: string, sources: Readonly<Record<string, string>>): string {
  const found = Object.entries(sources)
    .map(([file, text]) => ({ module: file.replace(/\.py$/, ''), name: definedIn(text) }))
    .filter(({ name }) => name !== undefined)
    .sort((a, b) => rank(a.module) - rank(b.module));
  const [first, second] = found;
  if (first && (!second || rank(first.module) < rank(second.module))) return `${first.module}.${first.name}`;
  const files = Object.keys(sources).sort().join(', ');
  throw problem(
    'no-handler',
    first
      ? `${directory} has a handler in ${found.map(({ module }) => `${module}.py`).join(' and ')}: say which with --handler, for example --handler ${first.module}.${first.name}`
      : `none of ${files} in ${directory} defines ${FUNCTIONS.join(' or ')}: add it, or say with --handler module.function where it is`,
  );
}

function rank(module: string): number {
  const known = MODULES.indexOf(module);
  return known < 0 ? MODULES.length : known;
}

/** The handler that a module has at its top level: a function, or the value of an assignment, such as an adapter's. */
function definedIn(text: string): string | undefined {
  return FUNCTIONS.find((name) =>
    new RegExp(`^(def\\s+${name}\\s*\\(|${name}\\s*(:[^=\\n]+)?=[^=])`, 'm').test(text),
  );
}
