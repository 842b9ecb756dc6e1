import { invalidParameter } from '../errors.ts';
import { executable } from '../processes/executable.ts';

/** Functions of these run on the Node that runs the control room. */
const NODE = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
/** These on the `python3` of this machine, whatever its version. */
const PYTHON = ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];
/** These bring their own `bootstrap`. */
const CUSTOM = ['provided', 'provided.al2', 'provided.al2023'];
const RUNTIMES = [...NODE, ...PYTHON, ...CUSTOM];

export type RuntimeFamily = 'node' | 'python' | 'custom';

/** Throws InvalidParameterValueException for a runtime that is unknown, or that this machine cannot run. */
export function runtimeOf(value: unknown): string {
  const runtime = RUNTIMES.find((known) => known === value);
  if (runtime === undefined) {
    throw invalidParameter(
      `Value ${String(value)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN`,
    );
  }
  if (familyOf(runtime) === 'python' && pythonPath() === undefined) {
    throw invalidParameter(
      `The runtime ${runtime} needs python3 in the PATH of the control room: install it.`,
    );
  }
  return runtime;
}

/** A runtime that an older release has stored is one of Node. */
export function familyOf(runtime: string): RuntimeFamily {
  if (PYTHON.includes(runtime)) return 'python';
  return CUSTOM.includes(runtime) ? 'custom' : 'node';
}

/** The path of `python3`; undefined where there is none. */
export function pythonPath(path?: string): string | undefined {
  return executable('python3', path);
}
