/** What the environment says, read once at load: nothing on an invocation's path reads `process.env`. */
export interface Config {
  functionName: string;
  functionVersion: string;
  instance: string;
  /** As it is set: the control room checks the name and refuses what it cannot place. Undefined when unset. */
  environment: string | undefined;
  /** True when the platform may run several invocations in this process at a time. */
  concurrent: boolean;
  /** `host:port` of the runtime API, never struck and never given a trace. */
  runtimeApi: string | undefined;
  /** Where leases come from; undefined when this function takes no faults. */
  control: { url: URL; writeKey: string; leaseKey: string } | undefined;
}

/** Reads the environment; a malformed `UPSTACK_URL` only means that no lease can arrive. */
function readConfig(env: Record<string, string | undefined>): Config {
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME ?? 'function',
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION ?? '$LATEST',
    instance: env.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    environment: env.UPSTACK_ENVIRONMENT || undefined,
    concurrent: Number(env.AWS_LAMBDA_MAX_CONCURRENCY ?? 1) > 1,
    runtimeApi: env.AWS_LAMBDA_RUNTIME_API?.toLowerCase(),
    control: readControl(env),
  };
}

function readControl(env: Record<string, string | undefined>): Config['control'] {
  if (env.UPSTACK_FAULTS === 'off' || !env.UPSTACK_URL || !env.UPSTACK_LEASE_KEY) return undefined;
  const url = URL.canParse(env.UPSTACK_URL) ? new URL(env.UPSTACK_URL) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  return { url, writeKey: env.UPSTACK_WRITE_KEY ?? '', leaseKey: env.UPSTACK_LEASE_KEY };
}

export const config: Config = readConfig(process.env);
