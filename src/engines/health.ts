/** The health of an engine; `detail` is one line for people. */
export interface Health {
  engine: 'compute' | 'events' | 'state';
  ok: boolean;
  detail: string;
  /** Restarts of the embedded twin since the control room started; 0 for a remote engine. */
  restarts: number;
}
