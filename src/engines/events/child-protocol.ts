/** The messages between the twin and its child over IPC. */
export type ChildOrder =
  | { kind: 'open'; directory: string; configFile: string; token: string }
  | { kind: 'close' };

export type ChildMessage =
  | { kind: 'ready'; port: number }
  /** `locked`: another process holds the directory. `no-library`: chDB is not installed for this machine. */
  | { kind: 'failed'; reason: 'no-library' | 'locked' | 'broken'; message: string };
