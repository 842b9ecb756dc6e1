import type { FunctionRecord, VersionRecord } from './records.ts';

/** A record as a file of this or of an earlier release has it: what was added since may be missing. */
type StoredVersion = Omit<VersionRecord, 'snapStart'> & Partial<VersionRecord>;
type StoredRecord = Omit<FunctionRecord, 'latest' | 'versions'> & {
  latest: StoredVersion;
  versions: StoredVersion[];
};

/** Fills what is new since the file was written with what a function has that never said anything about it. */
export function upgraded(stored: StoredRecord): FunctionRecord {
  return {
    ...stored,
    latest: upgradedVersion(stored.latest),
    versions: stored.versions.map(upgradedVersion),
  };
}

function upgradedVersion(stored: StoredVersion): VersionRecord {
  return { snapStart: 'None', ...stored };
}
