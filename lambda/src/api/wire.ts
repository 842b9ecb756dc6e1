import { hash } from 'node:crypto';
import { type Account, functionArn } from '../catalog/names.ts';
import type {
  AliasRecord,
  EventConfigRecord,
  LayerReference,
  UrlRecord,
  VersionRecord,
} from '../catalog/records.ts';
import { loggingConfiguration } from '../catalog/settings/logging.ts';

/** AWS's `FunctionConfiguration`. Lists leave out the state and the runtime's version, as AWS does. */
export function configuration(
  account: Account,
  name: string,
  version: VersionRecord,
  /** `qualifier` is what the caller asked for, an alias too; it ends the ARN. */
  options: { qualifier?: string | undefined; inList?: boolean } = {},
): object {
  const state = {
    State: 'Active',
    LastUpdateStatus: 'Successful',
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(account, version.runtime) },
  };
  const hasEnvironment = Object.keys(version.environment).length > 0;
  return {
    FunctionName: name,
    FunctionArn: functionArn(account, name, options.qualifier),
    Runtime: version.runtime,
    Role: version.role,
    Handler: version.handler,
    CodeSize: version.codeSizeBytes,
    Description: version.description,
    Timeout: version.timeoutSeconds,
    MemorySize: version.memoryMb,
    LastModified: version.lastModified,
    CodeSha256: version.codeSha256,
    Version: version.version,
    ...(hasEnvironment ? { Environment: { Variables: version.environment } } : {}),
    ...(version.deadLetterArn ? { DeadLetterConfig: { TargetArn: version.deadLetterArn } } : {}),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: version.revisionId,
    ...(options.inList ? {} : state),
    ...(version.layers.length > 0 ? { Layers: version.layers.map(layerShown) } : {}),
    PackageType: 'Zip',
    Architectures: [version.architecture],
    EphemeralStorage: { Size: version.storageMb },
    SnapStart: { ApplyOn: version.snapStart, OptimizationStatus: 'Off' },
    LoggingConfig: loggingConfiguration(name, version.logging),
  };
}

function layerShown({ arn, codeSizeBytes }: LayerReference): object {
  return { Arn: arn, CodeSize: codeSizeBytes };
}

/** AWS names a runtime's version by a hash of it: here of the runtime and the Node that it runs on. */
function runtimeVersionArn(account: Account, runtime: string): string {
  return `arn:aws:lambda:${account.region}::runtime:${hash('sha256', `${runtime} ${process.version}`)}`;
}

/** AWS's `AliasConfiguration`. */
export function aliasConfiguration(account: Account, name: string, alias: AliasRecord): object {
  const routed = Object.keys(alias.weights).length > 0;
  return {
    AliasArn: functionArn(account, name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(routed ? { RoutingConfig: { AdditionalVersionWeights: alias.weights } } : {}),
  };
}

/** AWS's `FunctionUrlConfig`. The answer to its creation leaves out when it was changed, as AWS does. */
export function urlConfiguration(
  account: Account,
  name: string,
  url: UrlRecord,
  address: string,
  options: { created?: boolean } = {},
): object {
  return {
    FunctionUrl: address,
    FunctionArn: functionArn(account, name, url.alias),
    AuthType: url.authType,
    CreationTime: url.createdAt,
    ...(options.created ? {} : { LastModifiedTime: url.lastModified }),
    ...(url.cors ? { Cors: url.cors } : {}),
    InvokeMode: url.invokeMode,
  };
}

/** AWS's `FunctionEventInvokeConfig`; its time is in seconds. */
export function eventInvokeConfiguration(account: Account, name: string, config: EventConfigRecord): object {
  return {
    LastModified: config.lastModifiedMs / 1000,
    FunctionArn: functionArn(account, name, config.qualifier),
    MaximumRetryAttempts: config.maximumRetryAttempts,
    MaximumEventAgeInSeconds: config.maximumEventAgeInSeconds,
    DestinationConfig: { OnSuccess: destination(config.onSuccess), OnFailure: destination(config.onFailure) },
  };
}

function destination(arn: string | undefined): object {
  return arn ? { Destination: arn } : {};
}
