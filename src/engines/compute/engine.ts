import type { Health } from '../health.ts';

/** The part of the AWS Lambda API that the control room uses, without AWS's wire shapes. */
export interface ComputeEngine {
  listFunctions(): Promise<FunctionSummary[]>;
  /** Throws `compute.no-such-function` (404). */
  getFunction(name: string): Promise<FunctionDetail>;
  createFunction(input: FunctionInput): Promise<FunctionSummary>;
  updateFunction(input: FunctionInput): Promise<FunctionSummary>;
  /** Returns the number of the new version, or of the latest one when nothing changed since. */
  publishVersion(name: string): Promise<string>;
  /** Creates the alias or moves it; `weights` sends that share of invocations to other versions. */
  putAlias(
    name: string,
    alias: string,
    version: string,
    weights?: Record<string, number>,
  ): Promise<FunctionAlias>;
  /** Creates a public function URL (AuthType NONE) for the alias, or returns the one there is. */
  putUrl(name: string, alias: string): Promise<string>;
  deleteFunction(name: string): Promise<void>;
  invoke(input: InvokeInput & { tail?: boolean }): Promise<InvokeResult>;
  /** Has the function invoked later, with retries; resolves with the request id when the event is durable. */
  invokeLater(input: InvokeInput): Promise<string>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export interface FunctionInput {
  name: string;
  zip: Uint8Array;
  handler: string;
  runtime: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  description?: string;
}

export interface FunctionSummary {
  name: string;
  arn: string;
  runtime: string;
  handler: string;
  version: string;
  codeSha256: string;
  codeSizeBytes: number;
  timeoutSeconds: number;
  memoryMb: number;
  lastModified: string;
  description: string;
}

export interface FunctionAlias {
  name: string;
  version: string;
  weights: Record<string, number>;
  description: string;
}

export interface FunctionDetail extends FunctionSummary {
  environmentNames: string[];
  versions: FunctionSummary[];
  aliases: FunctionAlias[];
  url: string | undefined;
}

export interface InvokeInput {
  name: string;
  qualifier?: string;
  payload: Uint8Array;
  /** Whom it is for, 1 to 256 characters: sent as `upstack.unit` in the client context, which AWS drops from events. */
  unit?: string;
}

export interface InvokeResult {
  payload: Uint8Array;
  executedVersion: string;
  /** `Unhandled` and the like when the function failed, undefined when it returned. */
  functionError: string | undefined;
  /** The last 4 KB of the log when `tail` was asked for. */
  log: string | undefined;
}

/** What says where a function belongs. */
interface FunctionLabels {
  /** The tags that the function has now, or had when it was deleted. */
  tags: Readonly<Record<string, string>>;
  /** Environment variables of the version. */
  variables: Readonly<Record<string, string>>;
}

/** What the twin knows of one ended invocation: the figures of `platform.report`. */
export interface InvocationReport extends FunctionLabels {
  functionName: string;
  version: string;
  requestId: string;
  instance: string;
  /** When the invocation was handed to the function, epoch milliseconds. */
  startMs: number;
  durationMs: number;
  billedMs: number;
  /** By AWS's public prices. */
  costUsd: number;
  memoryMb: number;
  maxMemoryMb: number;
  /** The caller waited for the environment's initialisation. */
  coldStart: boolean;
  /** Of the environment's initialisation, with its first invocation. */
  initMs: number | undefined;
  initType: 'on-demand' | 'provisioned-concurrency';
  status: 'success' | 'error' | 'timeout';
  /** Of the answer, when the function was invoked through its URL. */
  httpStatus: number | undefined;
  errorType: string;
}

/** One line a function, or an extension beside it, wrote to standard output or error. */
export interface FunctionLogLine extends FunctionLabels {
  source: 'function' | 'extension';
  functionName: string;
  version: string;
  instance: string;
  requestId: string;
  atMs: number;
  line: string;
}
