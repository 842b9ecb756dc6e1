import { useSyncExternalStore } from 'react';
import type { LiveMessages } from '../../src/doors/http/live/messages.ts';
import { STREAM_PATH } from '../../src/doors/http/paths.ts';
import type { RunSummary, RunView } from '../../src/experiments/schema.ts';
import type { Overview } from '../../src/operate/overview/schema.ts';
import { call } from './api.ts';
import { mergeRun, mergeView } from './merge.ts';

/** One EventSource for the whole page, and the store that everything live is read from. */
export interface LiveState {
  connection: 'connecting' | 'live' | 'lost';
  overview: Overview | null;
  /** Runs that a page has asked for, complete and kept up to date. */
  runs: ReadonlyMap<string, RunView>;
  /** The latest summary of every run that the stream has named. */
  summaries: ReadonlyMap<string, RunSummary>;
  /** Grows with every reconnection: what was fetched before may have missed something. */
  generation: number;
}

/** The stream says something about every two seconds; this much silence means that it is dead. */
const SILENCE_MS = 12_000;
const RETRY_MS = 2_000;

const nothing: LiveState = {
  connection: 'connecting',
  overview: null,
  runs: new Map(),
  summaries: new Map(),
  generation: 0,
};

let state = nothing;
let source: EventSource | undefined;
let lastHeardMs = 0;
let telling = false;
const listeners = new Set<() => void>();

/** Changes are told once per frame, however many messages arrive. */
function update(change: Partial<LiveState>): void {
  state = { ...state, ...change };
  if (telling) return;
  telling = true;
  requestAnimationFrame(() => {
    telling = false;
    for (const listener of listeners) listener();
  });
}

function heard(): void {
  lastHeardMs = Date.now();
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
  lastHeardMs = Date.now();
  source = new EventSource(STREAM_PATH);
  source.addEventListener('open', heard);
  listen(source, 'overview', (overview) => update({ overview }));
  listen(source, 'run', onRun);
  source.addEventListener('error', () => update({ connection: 'lost' }));
}

function listen<Name extends keyof LiveMessages>(
  stream: EventSource,
  name: Name,
  take: (message: LiveMessages[Name]) => void,
): void {
  stream.addEventListener(name, (event: MessageEvent<string>) => {
    heard();
    take(JSON.parse(event.data) as LiveMessages[Name]);
  });
}

/** Reconnects at once, instead of at the next attempt. */
export function reconnect(): void {
  update({ connection: state.connection === 'live' ? 'lost' : state.connection });
  connect();
}

/** The overview as it is now, so that nobody waits for the stream's next one. */
async function loadOverview(): Promise<void> {
  const overview = await call('showOverview', {});
  if (state.overview === null) update({ overview });
}

/** Opens the stream, and reopens it when it was refused or has gone silent. Returns the function that closes it. */
export function openLive(): () => void {
  connect();
  void loadOverview().catch(() => {});
  const timer = setInterval(() => {
    const closed = source?.readyState === EventSource.CLOSED;
    const silent = Date.now() - lastHeardMs > SILENCE_MS;
    if (!closed && !silent) return;
    update({ connection: 'lost' });
    // Asking who we are tells a lost session (which logs out) from a control room that is away.
    void call('showOverview', {}).then(connect, () => {});
  }, RETRY_MS);
  return () => {
    clearInterval(timer);
    source?.close();
    state = nothing;
  };
}

/** Fetches a run and keeps it in the store. Errors are the caller's to show. */
export async function loadRun(runId: string, signal?: AbortSignal): Promise<void> {
  const fetched = await call('showRun', { runId }, signal);
  update({ runs: new Map(state.runs).set(runId, mergeView(state.runs.get(runId), fetched)) });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A part of the live state; the selector must return the same value while that part has not changed. */
export function useLive<Part>(select: (state: LiveState) => Part): Part {
  return useSyncExternalStore(subscribe, () => select(state));
}
