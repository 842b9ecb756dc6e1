import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  ListFunctionUrlConfigsCommand,
  PublishVersionCommand,
  paginateListAliases,
  paginateListFunctions,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { Health } from '../health.ts';
import { problemOf } from './aws-problem.ts';
import { aliasOf, invocation, settings, summary } from './aws-shapes.ts';
import type {
  ComputeEngine,
  FunctionAlias,
  FunctionDetail,
  FunctionInput,
  FunctionSummary,
  InvokeInput,
  InvokeResult,
} from './engine.ts';
import { problem } from './problems.ts';

export interface ComputeOptions {
  /** The control room's own address for the twin; undefined for AWS. */
  endpoint?: string;
  region: string;
  /** Undefined lets the SDK look where it always does (environment, profile, role). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** ARN of the role that new functions run as. The twin needs none. */
  role?: string;
}

const TWIN_ROLE = 'arn:aws:iam::000000000000:role/upstack';
const MAX_WAIT_SECONDS = 60;
const HEALTH_TIMEOUT_MS = 2_000;
/** The statements that make a function URL public; AWS wants both since October 2025. */
const PUBLIC_URL = [
  {
    StatementId: 'UpstackUrlPublic',
    Action: 'lambda:InvokeFunctionUrl',
    FunctionUrlAuthType: 'NONE' as const,
  },
  { StatementId: 'UpstackUrlInvoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
];

/** The compute engine through the AWS Lambda API: the one code path for AWS and for the twin. */
export function openCompute(options: ComputeOptions): ComputeEngine {
  return new AwsCompute(options);
}

class AwsCompute implements ComputeEngine {
  #client: LambdaClient;
  #role: string | undefined;
  #where: string;

  constructor(options: ComputeOptions) {
    const config: LambdaClientConfig = {
      region: options.region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      requestHandler: { connectionTimeout: 2_000 },
    };
    this.#client = new LambdaClient(config);
    this.#role = options.role ?? (options.endpoint === undefined ? undefined : TWIN_ROLE);
    this.#where = options.endpoint ?? `AWS Lambda in ${options.region}`;
  }

  listFunctions(): Promise<FunctionSummary[]> {
    return this.#try('listing the functions', async () => {
      const functions: FunctionSummary[] = [];
      for await (const page of paginateListFunctions({ client: this.#client }, {})) {
        functions.push(...(page.Functions ?? []).map(summary));
      }
      return functions;
    });
  }

  getFunction(name: string): Promise<FunctionDetail> {
    return this.#try(`function ${name}`, async () => {
      const [{ Configuration = {} }, versions, aliases, urls] = await Promise.all([
        this.#client.send(new GetFunctionCommand({ FunctionName: name })),
        this.#versions(name),
        this.#aliases(name),
        this.#client.send(new ListFunctionUrlConfigsCommand({ FunctionName: name })),
      ]);
      return {
        ...summary(Configuration),
        environmentNames: Object.keys(Configuration.Environment?.Variables ?? {}).sort(),
        versions,
        aliases,
        url: urls.FunctionUrlConfigs?.[0]?.FunctionUrl,
      };
    });
  }

  createFunction(input: FunctionInput): Promise<FunctionSummary> {
    return this.#try(`creating the function ${input.name}`, async () => {
      if (this.#role === undefined) {
        throw problem(
          'role-missing',
          `creating ${input.name} on AWS needs an execution role: start the control room with --compute-role <arn>`,
        );
      }
      await this.#client.send(
        new CreateFunctionCommand({ ...settings(input), Role: this.#role, Code: { ZipFile: input.zip } }),
      );
      return await this.#whenActive(input.name);
    });
  }

  updateFunction(input: FunctionInput): Promise<FunctionSummary> {
    return this.#try(`updating the function ${input.name}`, async () => {
      const FunctionName = input.name;
      await this.#client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: input.zip }));
      await this.#whenUpdated(input.name);
      await this.#client.send(new UpdateFunctionConfigurationCommand(settings(input)));
      return await this.#whenUpdated(input.name);
    });
  }

  publishVersion(name: string): Promise<string> {
    return this.#try(`publishing a version of ${name}`, async () => {
      const { Version } = await this.#client.send(new PublishVersionCommand({ FunctionName: name }));
      return Version as string;
    });
  }

  putAlias(
    name: string,
    alias: string,
    version: string,
    weights: Record<string, number> = {},
  ): Promise<FunctionAlias> {
    const input = {
      FunctionName: name,
      Name: alias,
      FunctionVersion: version,
      RoutingConfig: { AdditionalVersionWeights: weights },
    };
    return this.#try(`alias ${alias} of ${name}`, async () => {
      try {
        return aliasOf(await this.#client.send(new UpdateAliasCommand(input)));
      } catch (error) {
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
        return aliasOf(await this.#client.send(new CreateAliasCommand(input)));
      }
    });
  }

  putUrl(name: string, alias: string): Promise<string> {
    const target = { FunctionName: name, Qualifier: alias };
    return this.#try(`function URL of ${name}:${alias}`, async () => {
      for (const statement of PUBLIC_URL) {
        await unlessThere(
          this.#client.send(new AddPermissionCommand({ ...target, ...statement, Principal: '*' })),
        );
      }
      const created = await unlessThere(
        this.#client.send(new CreateFunctionUrlConfigCommand({ ...target, AuthType: 'NONE' })),
      );
      const url = created ?? (await this.#client.send(new GetFunctionUrlConfigCommand(target)));
      return url.FunctionUrl as string;
    });
  }

  deleteFunction(name: string): Promise<void> {
    return this.#try(`deleting the function ${name}`, async () => {
      await this.#client.send(new DeleteFunctionCommand({ FunctionName: name }));
    });
  }

  invoke(input: InvokeInput & { tail?: boolean }): Promise<InvokeResult> {
    return this.#try(`invoking ${input.name}`, async () => {
      const answer = await this.#client.send(
        new InvokeCommand({ ...invocation(input), ...(input.tail ? { LogType: 'Tail' as const } : {}) }),
      );
      return {
        payload: answer.Payload ?? new Uint8Array(),
        executedVersion: answer.ExecutedVersion ?? '',
        functionError: answer.FunctionError,
        log:
          answer.LogResult === undefined
            ? undefined
            : Buffer.from(answer.LogResult, 'base64').toString('utf8'),
      };
    });
  }

  invokeLater(input: InvokeInput): Promise<string> {
    return this.#try(`sending ${input.name} an event`, async () => {
      const { $metadata } = await this.#client.send(
        new InvokeCommand({ ...invocation(input), InvocationType: 'Event' }),
      );
      return $metadata.requestId ?? '';
    });
  }

  async health(): Promise<Health> {
    try {
      const abortSignal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
      await this.#client.send(new GetAccountSettingsCommand({}), { abortSignal });
      return { engine: 'compute', ok: true, detail: this.#where, restarts: 0 };
    } catch (error) {
      return { engine: 'compute', ok: false, detail: problemOf(error, this.#where).message, restarts: 0 };
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #try<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw problemOf(error, what);
    }
  }

  #whenActive(name: string): Promise<FunctionSummary> {
    return this.#when(name, waitUntilFunctionActiveV2);
  }

  #whenUpdated(name: string): Promise<FunctionSummary> {
    return this.#when(name, waitUntilFunctionUpdatedV2);
  }

  async #when(name: string, waiter: typeof waitUntilFunctionActiveV2): Promise<FunctionSummary> {
    try {
      await waiter({ client: this.#client, maxWaitTime: MAX_WAIT_SECONDS }, { FunctionName: name });
    } catch (error) {
      // The SDK's waiters end with an error of this name when the state or the time says so.
      if (!['TimeoutError', 'Error'].includes((error as Error).name)) throw error;
      throw problem(
        'not-ready',
        `the function ${name} did not become ready: ${(error as Error).message}`,
        error,
      );
    }
    return await this.#latest(name);
  }

  async #latest(name: string): Promise<FunctionSummary> {
    const { Configuration } = await this.#client.send(new GetFunctionCommand({ FunctionName: name }));
    return summary(Configuration ?? {});
  }

  async #versions(name: string): Promise<FunctionSummary[]> {
    const versions: FunctionSummary[] = [];
    for await (const page of paginateListVersionsByFunction(
      { client: this.#client },
      { FunctionName: name },
    )) {
      versions.push(...(page.Versions ?? []).map(summary));
    }
    return versions.filter(({ version }) => version !== '$LATEST');
  }

  async #aliases(name: string): Promise<FunctionAlias[]> {
    const aliases: FunctionAlias[] = [];
    for await (const page of paginateListAliases({ client: this.#client }, { FunctionName: name })) {
      aliases.push(...(page.Aliases ?? []).map(aliasOf));
    }
    return aliases;
  }
}

async function unlessThere<T>(sending: Promise<T>): Promise<T | undefined> {
  try {
    return await sending;
  } catch (error) {
    if ((error as Error).name === 'ResourceConflictException') return undefined;
    throw error;
  }
}
