import type { AliasConfiguration, FunctionConfiguration, Runtime } from '@aws-sdk/client-lambda';
import { UNIT_KEY } from '../../../sdk/src/core/baggage.ts';
import type { FunctionAlias, FunctionInput, FunctionSummary, InvokeInput } from './engine.ts';

/** The members of CreateFunction and UpdateFunctionConfiguration that we set. */
export function settings(input: FunctionInput) {
  return {
    FunctionName: input.name,
    Handler: input.handler,
    Runtime: input.runtime as Runtime,
    Timeout: input.timeoutSeconds,
    MemorySize: input.memoryMb,
    Environment: { Variables: input.environment },
    Description: input.description ?? '',
  };
}

/** The members of Invoke that we set. */
export function invocation({ name, qualifier, payload, unit }: InvokeInput) {
  const clientContext = () => JSON.stringify({ custom: { [UNIT_KEY]: unit } });
  return {
    FunctionName: name,
    Payload: payload,
    ...(qualifier !== undefined && { Qualifier: qualifier }),
    ...(unit !== undefined && { ClientContext: Buffer.from(clientContext()).toString('base64') }),
  };
}

/** A function without AWS's wire shape. */
export function summary(configuration: FunctionConfiguration): FunctionSummary {
  return {
    name: configuration.FunctionName ?? '',
    arn: configuration.FunctionArn ?? '',
    runtime: configuration.Runtime ?? '',
    handler: configuration.Handler ?? '',
    version: configuration.Version ?? '',
    codeSha256: configuration.CodeSha256 ?? '',
    codeSizeBytes: configuration.CodeSize ?? 0,
    timeoutSeconds: configuration.Timeout ?? 0,
    memoryMb: configuration.MemorySize ?? 0,
    lastModified: configuration.LastModified ?? '',
    description: configuration.Description ?? '',
  };
}

/** An alias without AWS's wire shape. */
export function aliasOf(alias: AliasConfiguration): FunctionAlias {
  return {
    name: alias.Name ?? '',
    version: alias.FunctionVersion ?? '',
    weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    description: alias.Description ?? '',
  };
}
