import { useSyncExternalStore } from 'react';
import type { LiveMessages } from '../../src/doors/http/live/messages.ts';
import { STREAM_PATH } from '../../src/doors/http/paths.ts';
import type { RunSummary, RunView } from '../../src/experiments/schema.ts';
import type { Overview } from '../../src/operate/overview/schema.ts';
import { call } from './api.ts';
import { mergeRun, mergeView } from './merge.ts';

/** The store of everything live, fed by one EventSource for the whole page. */
export interface LiveState {
  connection: 'connecting' | 'live' | 'lost';
  overview: Overview | null;
  /** Complete runs that a page has opened, kept up to date. */
  runs: ReadonlyMap<string, RunView>;
  /** The latest summary of every run seen in the stream. */
  summaries: ReadonlyMap<string, RunSummary>;
  /** Incremented on every reconnection, because data fetched before may be stale. */
  generation: number;
}

/** The stream sends a message about every 2 s. After this much silence it counts as dead. */
const SILENCE_MS = 12_000;
const RETRY_MS = 2_000;

const INITIAL: LiveState = {
  connection: 'connecting',
  overview: null,
  runs: new Map(),
  summaries: new Map(),
  generation: 0,
};

let state = INITIAL;
let source: EventSource | undefined;
let lastMessageMs = 0;
let notifying = false;
const listeners = new Set<() => void>();

/** Applies a change. Listeners are called at most once per frame, however many messages arrive. */
function update(change: Partial<LiveState>): void {
  state = { ...state, ...change };
  if (notifying) return;
  notifying = true;
  requestAnimationFrame(() => {
    notifying = false;
    for (const listener of listeners) listener();
  });
}

function markAlive(): void {
  lastMessageMs = Date.now();
  if (state.connection === 'live') return;
  const reconnected = state.connection === 'lost';
  update({ connection: 'live', generation: state.generation + (reconnected ? 1 : 0) });
}

function onRun(message: LiveMessages['run']): void {
  const { runId } = message.run;
  const known = state.runs.get(runId);
  update({
    summaries: new Map(state.summaries).set(runId, message.run),
    ...(known === undefined ? {} : { runs: new Map(state.runs).set(runId, mergeRun(known, message)) }),
  });
}

function connect(): void {
  source?.close();
  lastMessageMs = Date.now();
  source = new EventSource(STREAM_PATH);
  source.addEventListener('open', markAlive);
  listen(source, 'overview', (overview) => update({ overview }));
  listen(source, 'run', onRun);
  source.addEventListener('error', () => update({ connection: 'lost' }));
}

function listen<Name extends keyof LiveMessages>(
  stream: EventSource,
  name: Name,
  receive: (message: LiveMessages[Name]) => void,
): void {
  stream.addEventListener(name, (event: MessageEvent<string>) => {
    markAlive();
    receive(JSON.parse(event.data) as LiveMessages[Name]);
  });
}

/** Reconnects immediately instead of waiting for the next attempt. */
export function reconnect(): void {
  update({ connection: state.connection === 'live' ? 'lost' : state.connection });
  connect();
}

/** Fetches the current overview, so that pages need not wait for the stream. */
async function loadOverview(): Promise<void> {
  const overview = await call('showOverview', {});
  if (state.overview === null) update({ overview });
}

/** Opens the stream, and reopens it after a rejection or silence. Returns the function that closes it. */
export function openLive(): () => void {
  connect();
  void loadOverview().catch(() => {});
  const timer = setInterval(() => {
    const closed = source?.readyState === EventSource.CLOSED;
    const silent = Date.now() - lastMessageMs > SILENCE_MS;
    if (!closed && !silent) return;
    update({ connection: 'lost' });
    // This call distinguishes an ended session (which logs out) from an unreachable control room.
    void call('showOverview', {}).then(connect, () => {});
  }, RETRY_MS);
  return () => {
    clearInterval(timer);
    source?.close();
    state = INITIAL;
  };
}

/** Fetches a run into the store. The caller shows errors. */
export async function loadRun(runId: string, signal?: AbortSignal): Promise<void> {
  const fetched = await call('showRun', { runId }, signal);
  update({ runs: new Map(state.runs).set(runId, mergeView(state.runs.get(runId), fetched)) });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Selects a part of the live state. The selector must return the same value while that part is unchanged. */
export function useLive<Part>(select: (state: LiveState) => Part): Part {
  return useSyncExternalStore(subscribe, () => select(state));
}
