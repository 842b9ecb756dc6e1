import { basename, resolve } from 'node:path';
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import { Problem } from '../../lib/problem.ts';
import { type Deployment, deployFunction } from '../../operate/deploy/operations.ts';
import { packageFunction } from '../../operate/deploy/worker.ts';

/** The compute engine that a command deploys to, and what its functions need to report to the control room. */
export interface DeployTarget {
  compute: ComputeEngine;
  environment: Record<string, string>;
}

export interface DeployOptions {
  name?: string;
  alias?: string;
  env?: string[];
  timeout?: string;
  memory?: string;
}

const RUNTIME = 'nodejs24.x';

/** Packages a directory and deploys it. */
export async function deployDirectory(
  target: DeployTarget,
  directory: string,
  options: DeployOptions,
): Promise<Deployment> {
  const { zip, handler } = await packageFunction(directory);
  const input = {
    name: options.name ?? basename(resolve(directory)),
    zip,
    handler,
    runtime: RUNTIME,
    timeoutSeconds: Number(options.timeout ?? 10),
    memoryMb: Number(options.memory ?? 256),
    environment: { ...target.environment, ...variables(options.env ?? []) },
  };
  return deployFunction(target.compute, input, options.alias ?? 'live');
}

function variables(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new Problem(
        'cli.bad-variable',
        { status: 400, title: 'Bad variable' },
        `--env ${pair}: write it as NAME=VALUE`,
      );
    }),
  );
}
