/** What an engine says of itself; `detail` is one line for a person. */
export interface Health {
  engine: 'compute' | 'events' | 'state';
  ok: boolean;
  detail: string;
  /** How often the embedded twin was started again since the control room started; 0 for a remote engine. */
  restarts: number;
}
