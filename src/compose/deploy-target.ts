import { join, resolve } from 'node:path';
import { keyFile, readKeys } from '../access/store.ts';
import { connect } from '../doors/cli/client.ts';
import { DEFAULT_DATA } from '../doors/cli/defaults.ts';
import type { DeployTarget } from '../doors/cli/deploy.ts';
import { openCompute } from '../engines/compute/aws.ts';
import { Problem } from '../lib/problem.ts';

/**
 * Where `upstack deploy` deploys to: the compute engine of the control room that the options or the environment name,
 * with the variables that let a function report to it. The keys come from the data directory, or from the standard AWS
 * variables as `upstack env` prints them.
 */
export async function openDeployTarget(options: { data?: string }): Promise<DeployTarget> {
  const { url } = await connect(options);
  const directory = resolve(options.data ?? DEFAULT_DATA);
  const keys = await readKeys(keyFile(directory));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION = 'us-east-1' } = process.env;
  const accessKeyId = keys?.accessKeyId ?? AWS_ACCESS_KEY_ID;
  const secretAccessKey = keys?.secretAccessKey ?? AWS_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey) {
    const kind = { status: 400, title: 'No AWS keys' };
    throw new Problem(
      'cli.no-aws-keys',
      kind,
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ("upstack env" prints them), or give --data DIR',
    );
  }
  return {
    compute: openCompute({
      endpoint: url,
      region: AWS_REGION,
      credentials: { accessKeyId, secretAccessKey },
    }),
    environment: keys ? functionEnvironment(url, keys) : {},
    evidence: keys ? evidenceDirectory(directory) : undefined,
  };
}

/** Where a data directory has the evidence of deployed packages. */
export function evidenceDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'evidence');
}

/** What the SDK inside a function needs to fetch its leases. */
export function functionEnvironment(
  url: string,
  { writeKey, leasePublicKey }: { writeKey: string; leasePublicKey: string },
): Record<string, string> {
  return { UPSTACK_URL: url, UPSTACK_WRITE_KEY: writeKey, UPSTACK_LEASE_KEY: leasePublicKey };
}
