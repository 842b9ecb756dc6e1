import { problem } from './problems.ts';

/** Modules searched first, in this order. These are the names that AWS's console and SAM use. */
const MODULES = ['lambda_function', 'app', 'main', 'handler', 'index'];
const FUNCTIONS = ['lambda_handler', 'handler'];

/**
 * `module.function` of a Python function: the first of the usual modules that defines `lambda_handler` or `handler` at
 * its top level, or the only other module that does. `sources` maps the top-level files to their contents. Throws
 * `deploy.no-handler` (400).
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
      ? `${directory} has a handler in ${found.map(({ module }) => `${module}.py`).join(' and ')}: choose one with --handler, for example --handler ${first.module}.${first.name}`
      : `none of ${files} in ${directory} defines ${FUNCTIONS.join(' or ')}: add it, or name it with --handler module.function`,
  );
}

function rank(module: string): number {
  const known = MODULES.indexOf(module);
  return known < 0 ? MODULES.length : known;
}

/** The handler at the top level of a module: a function, or an assigned value, such as an adapter. */
function definedIn(text: string): string | undefined {
  return FUNCTIONS.find((name) =>
    new RegExp(`^(def\\s+${name}\\s*\\(|${name}\\s*(:[^=\\n]+)?=[^=])`, 'm').test(text),
  );
}
