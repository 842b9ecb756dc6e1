import { randomUUID } from 'node:crypto';
import { MIN_STORAGE_MB } from '../../limits.ts';
import type {
  EventConfigRecord,
  FunctionRecord,
  PolicyRecord,
  ProvisionedRecord,
  Statement,
  UrlRecord,
  VersionRecord,
} from '../records.ts';
import { USUAL_LOGGING } from '../settings/logging.ts';

/** A version as a file of this or of an earlier release has it: what was added since may be missing. */
type Added = 'snapStart' | 'storageMb' | 'deadLetterArn' | 'layers' | 'logging';
type StoredVersion = Omit<VersionRecord, Added> & Partial<VersionRecord>;

type StoredUrl = Omit<UrlRecord, 'authType' | 'invokeMode'> & Partial<UrlRecord>;

type StoredRecord = Omit<
  FunctionRecord,
  'latest' | 'versions' | 'policies' | 'eventConfigs' | 'tags' | 'urls' | 'provisioned'
> & {
  urls: StoredUrl[];
  latest: StoredVersion;
  versions: StoredVersion[];
  policies?: PolicyRecord[];
  provisioned?: ProvisionedRecord[];
  eventConfigs?: EventConfigRecord[];
  tags?: Record<string, string>;
  /** What earlier releases had instead of policies. */
  permissions?: { alias?: string; statement: Statement }[];
};

/** Fills what is new since the file was written with what a function has that never said anything about it. */
export function upgraded({ permissions = [], ...stored }: StoredRecord): FunctionRecord {
  return {
    tags: {},
    provisioned: [],
    eventConfigs: [],
    ...stored,
    latest: upgradedVersion(stored.latest),
    versions: stored.versions.map(upgradedVersion),
    urls: stored.urls.map((url): UrlRecord => ({ authType: 'NONE', invokeMode: 'BUFFERED', ...url })),
    policies: stored.policies ?? policiesOf(permissions),
  };
}

function upgradedVersion(stored: StoredVersion): VersionRecord {
  return {
    snapStart: 'None',
    storageMb: MIN_STORAGE_MB,
    deadLetterArn: '',
    layers: [],
    logging: USUAL_LOGGING,
    ...stored,
  };
}

function policiesOf(permissions: { alias?: string; statement: Statement }[]): PolicyRecord[] {
  return [...new Set(permissions.map(({ alias }) => alias))].map((qualifier) => ({
    qualifier,
    revisionId: randomUUID(),
    statements: permissions.filter(({ alias }) => alias === qualifier).map(({ statement }) => statement),
  }));
}
