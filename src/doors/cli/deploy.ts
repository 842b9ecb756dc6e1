import { basename, resolve } from 'node:path';
import type { ComputeEngine } from '../../engines/compute/engine.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { Problem } from '../../lib/problem.ts';
import { type Deployment, deployFunction } from '../../operate/deploy/operations.ts';
import { keepEvidence } from '../../operate/deploy/store.ts';
import { packageFunction } from '../../operate/deploy/worker.ts';

/** The compute engine that a command deploys to, and the variables that let functions report to the control room. */
export interface DeployTarget {
  compute: ComputeEngine;
  environment: Record<string, string>;
  /** The directory for evidence of packages; undefined if the control room's data directory is not on this machine. */
  evidence: string | undefined;
}

export interface DeployOptions {
  name?: string;
  alias?: string;
  env?: string[];
  timeout?: string;
  memory?: string;
  runtime?: string;
  handler?: string;
  sourceMap?: boolean;
}

/** The deployment, and the directory with the source map and the metafile of its bundle; null if not kept. */
export type DirectoryDeployed = Deployment & { evidence: string | null };

/** Packages a directory and deploys it. */
export async function deployDirectory(
  target: DeployTarget,
  directory: string,
  options: DeployOptions,
): Promise<DirectoryDeployed> {
  const { zip, handler, runtime, evidence } = await packageFunction(directory, options);
  const name = options.name ?? basename(resolve(directory));
  const input = {
    name,
    zip,
    handler,
    runtime,
    timeoutSeconds: Number(options.timeout ?? 10),
    memoryMb: Number(options.memory ?? 256),
    environment: {
      ...target.environment,
      ...(options.sourceMap ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
      ...variables(options.env ?? []),
    },
  };
  const deployed = await deployFunction(target.compute, input, options.alias ?? 'live');
  const kept =
    evidence && target.evidence ? await keepEvidence(target.evidence, name, sha256(zip), evidence) : null;
  return { ...deployed, evidence: kept };
}

function variables(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new Problem(
        'cli.bad-variable',
        { status: 400, title: 'Bad variable' },
        `--env ${pair}: must be NAME=VALUE`,
      );
    }),
  );
}
