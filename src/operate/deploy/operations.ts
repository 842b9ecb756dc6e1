import type { ComputeEngine, FunctionInput } from '../../engines/compute/engine.ts';
import { Problem } from '../../lib/problem.ts';
import { problem } from './problems.ts';

/** What a deployment did: enough to say so, and to go back. */
export interface Deployment {
  name: string;
  version: string;
  alias: string;
  /** What the alias pointed at before; null when it is new. */
  previous: string | null;
  url: string;
  /** False when code and configuration were already there, so that nothing new was published. */
  changed: boolean;
}

/**
 * Creates or updates a function, publishes a version, points the alias at it with all traffic, and gives the alias a
 * URL. Deploying the same package and configuration again changes nothing. Throws the Problems of the compute engine.
 */
export async function deployFunction(
  compute: ComputeEngine,
  input: FunctionInput,
  alias: string,
): Promise<Deployment> {
  const before = await currentAlias(compute, input.name, alias);
  if (before.exists) await compute.updateFunction(input);
  else await compute.createFunction(input);
  const version = await compute.publishVersion(input.name);
  if (version !== before.version) await compute.putAlias(input.name, alias, version);
  const url = await compute.putUrl(input.name, alias);
  return {
    name: input.name,
    version,
    alias,
    previous: before.version,
    url,
    changed: version !== before.version,
  };
}

async function currentAlias(compute: ComputeEngine, name: string, alias: string) {
  try {
    const detail = await compute.getFunction(name);
    const found = detail.aliases.find((candidate) => candidate.name === alias);
    return { exists: true, version: found?.version ?? null };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { exists: false, version: null };
    throw error;
  }
}

/** What going back did. */
export interface RolledBack {
  name: string;
  alias: string;
  from: string;
  to: string;
}

/**
 * Points an alias, with all its traffic, at an earlier version: `to`, or the newest published one before its present
 * version. Throws `deploy.no-such-alias` and `deploy.no-earlier-version`, and the Problems of the compute engine.
 */
export async function rollBack(
  compute: Pick<ComputeEngine, 'getFunction' | 'putAlias'>,
  name: string,
  alias: string,
  to?: string,
): Promise<RolledBack> {
  const { aliases, versions } = await compute.getFunction(name);
  const from = aliases.find((candidate) => candidate.name === alias)?.version;
  if (from === undefined) {
    const names = aliases.map((candidate) => candidate.name).join(', ') || 'none';
    throw problem('no-such-alias', `${name} has no alias ${alias}: it has ${names}`);
  }
  const published = versions.map(({ version }) => Number(version)).filter(Number.isInteger);
  if (to !== undefined && !published.includes(Number(to))) {
    throw problem(
      'no-earlier-version',
      `${name} has no version ${to}: it has ${published.join(', ') || 'none'}`,
    );
  }
  const earlier = published.filter((version) => version < Number(from)).sort((a, b) => b - a);
  const target = to ?? earlier[0]?.toString();
  if (target === undefined) {
    throw problem(
      'no-earlier-version',
      `${name} has no version before ${from}, to which ${alias} points: deploy one`,
    );
  }
  await compute.putAlias(name, alias, target);
  return { name, alias, from, to: target };
}
