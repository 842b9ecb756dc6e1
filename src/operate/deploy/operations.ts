import type { ComputeEngine, FunctionInput } from '../../engines/compute/engine.ts';
import { Problem } from '../../lib/problem.ts';
import { problem } from './problems.ts';

/** The result of a deployment, with what a rollback needs. */
export interface Deployment {
  name: string;
  version: string;
  alias: string;
  /** The version that the alias pointed to before; null if the alias is new. */
  previous: string | null;
  url: string;
  /** False if code and configuration were unchanged, so that no version was published. */
  changed: boolean;
}

/**
 * Creates or updates a function, publishes a version, sends all traffic of the alias to it, and gives the alias a URL.
 * Deploying the same package and configuration again changes nothing. Throws the Problems of the compute engine.
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

/** The result of a rollback. */
export interface RolledBack {
  name: string;
  alias: string;
  from: string;
  to: string;
}

/**
 * Sends all traffic of an alias to another version: `to`, or the newest one published before its current version.
 * Throws `deploy.no-such-alias`, `deploy.no-earlier-version`, and the Problems of the compute engine.
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
      `${name} has no version before ${from}, the version of ${alias}: deploy one`,
    );
  }
  await compute.putAlias(name, alias, target);
  return { name, alias, from, to: target };
}
