/** What the twin keeps of a function: its record is one JSON file of the data directory. */
export interface FunctionRecord {
  /** Format of the file, so that a later release can read it. */
  format: 1;
  name: string;
  /** `$LATEST`: the only version that changes. */
  latest: VersionRecord;
  /** Published versions, oldest first; never changed once written. */
  versions: VersionRecord[];
  /** Number of the next version; numbers are never used twice. */
  nextVersion: number;
  aliases: AliasRecord[];
  urls: UrlRecord[];
  policies: PolicyRecord[];
  eventConfigs: EventConfigRecord[];
  tags: Record<string, string>;
  provisioned: ProvisionedRecord[];
  /** How many invocations may run at a time; undefined when nothing is reserved. */
  reservedConcurrency?: number | undefined;
  /** Whether it may be invoked in its own chain more often than MAX_RECURSIONS; undefined as `Terminate`. */
  recursiveLoop?: RecursiveLoop;
}

/** One immutable snapshot of code and settings. */
export interface VersionRecord extends Settings {
  version: string;
  codeSha256: string;
  codeSizeBytes: number;
  lastModified: string;
  revisionId: string;
}

/** The settings of a function that a caller chooses. */
export interface Settings {
  runtime: string;
  handler: string;
  role: string;
  description: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Size of `/tmp`. */
  storageMb: number;
  environment: Record<string, string>;
  architecture: string;
  /** Kept and shown; no snapshot is made. */
  snapStart: SnapStart;
  logging: Logging;
  /** ARN of the queue for events that failed; '' for none. */
  deadLetterArn: string;
  /** In the order of their merging: a later one's files replace an earlier one's. */
  layers: LayerReference[];
}

/** A layer version as a function has it: all that is needed of it after it was deleted. */
export interface LayerReference {
  arn: string;
  codeSha256: string;
  codeSizeBytes: number;
}

/** What the twin keeps of a layer; it stays when all its versions are deleted, so that no number is used twice. */
export interface LayerRecord {
  format: 1;
  name: string;
  /** Oldest first; of one only its policy ever changes. */
  versions: LayerVersionRecord[];
  nextVersion: number;
}

export interface LayerVersionRecord {
  version: number;
  codeSha256: string;
  codeSizeBytes: number;
  description: string;
  /** Undefined, like the two lists, when it was not said. */
  licenseInfo: string | undefined;
  compatibleRuntimes: string[] | undefined;
  compatibleArchitectures: string[] | undefined;
  createdAt: string;
  /** Never without statements. */
  policy: Omit<PolicyRecord, 'qualifier'> | undefined;
}

/** In which form a function's log is written, what of it, and under which name. */
export interface Logging {
  format: 'Text' | 'JSON';
  /** Only of JSON. */
  applicationLevel?: string;
  systemLevel?: string;
  /** Undefined for the function's own. */
  group?: string;
}

export type RecursiveLoop = 'Allow' | 'Terminate';

export type SnapStart = 'None' | 'PublishedVersions';

export interface AliasRecord {
  name: string;
  version: string;
  /** Version number -> share of invocations in 0..1; the rest goes to `version`. */
  weights: Record<string, number>;
  description: string;
  revisionId: string;
}

/** The provisioned concurrency of a version or an alias. */
export interface ProvisionedRecord {
  /** A version's number or an alias' name. */
  qualifier: string;
  /** Execution environments that are to be initialised. */
  requested: number;
  lastModified: string;
}

export interface UrlRecord {
  id: string;
  /** The alias it calls; undefined calls `$LATEST`. */
  alias: string | undefined;
  /** Undefined leaves CORS to the function. */
  cors?: Cors | undefined;
  /** Who may call it: everybody, or who signs with the key. */
  authType: 'NONE' | 'AWS_IAM';
  /** Whether its answers come whole or while the function writes them. */
  invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  createdAt: string;
  lastModified: string;
}

/** As AWS writes it; members that were not given are absent. `MaxAge` is in seconds. */
export interface Cors {
  AllowCredentials?: boolean;
  AllowHeaders?: string[];
  AllowMethods?: string[];
  AllowOrigins?: string[];
  ExposeHeaders?: string[];
  MaxAge?: number;
}

/** The resource policy of a function, or of one of its versions or aliases; never without statements. */
export interface PolicyRecord {
  /** The version or alias; undefined for the function. */
  qualifier: string | undefined;
  revisionId: string;
  statements: Statement[];
}

/** How the events of a version or alias are handled; what is absent is AWS's default. */
export interface EventConfigRecord {
  /** `$LATEST` for the function. */
  qualifier: string;
  maximumRetryAttempts?: number;
  maximumEventAgeInSeconds?: number;
  /** ARNs of where the invocation record goes; '' for nowhere. */
  onSuccess?: string;
  onFailure?: string;
  /** Epoch milliseconds. */
  lastModifiedMs: number;
}

/** A statement in the policy language of IAM, with its members as AWS writes them. */
export interface Statement {
  Sid: string;
  Effect: string;
  Principal: '*' | { AWS: string } | { Service: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

export const LATEST = '$LATEST';
