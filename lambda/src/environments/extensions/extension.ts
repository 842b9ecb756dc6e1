import { randomUUID } from 'node:crypto';

export type ExtensionEvent = 'INVOKE' | 'SHUTDOWN';

/** What the Extensions API answers to a request that it does not grant; the status of all these is 403. */
export class ExtensionRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'ExtensionRefusal';
    this.type = type;
  }
}

/** The states of an extension, by AWS's names, and what each may become. */
const TRANSITIONS = {
  Started: ['Registered'],
  Registered: ['Ready', 'InitError', 'ExitError'],
  Ready: ['Ready', 'Running', 'ExitError'],
  Running: ['Ready', 'ExitError'],
  InitError: [],
  ExitError: [],
} as const;

export type ExtensionState = keyof typeof TRANSITIONS;

/** Takes an event that an extension waits for, in JSON. */
export type Give = (event: object) => void;

/** One extension of an execution environment: where it is in its life, and which events it wants. */
export class Extension {
  readonly id = randomUUID();
  readonly name: string;
  /** A process of its own, not a part of the runtime. */
  readonly external: boolean;
  state: ExtensionState = 'Started';
  errorType: string | undefined;
  events: readonly ExtensionEvent[] = [];
  #give: Give | undefined;
  /** An event that came while nobody waited for it. */
  #missed: object | undefined;

  constructor(name: string, external: boolean) {
    this.name = name;
    this.external = external;
  }

  /** Whether it has nothing to do. One that registered for no invocation is done when it has asked once. */
  get done(): boolean {
    return this.state === 'Ready';
  }

  /** Throws ExtensionRefusal when it has registered before. */
  register(events: readonly ExtensionEvent[]): void {
    this.#become('Registered');
    this.events = events;
  }

  /** It asks for its next event and is done with the one before. Throws ExtensionRefusal when it waits already. */
  next(give: Give): void {
    if (this.#give) this.#refuse('Ready');
    this.#become('Ready');
    this.#give = give;
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed) this.send(missed);
  }

  /** Gives it an event, now or when it asks again. */
  send(event: object): void {
    const give = this.#give;
    if (!give) {
      this.#missed = event;
      // It has something to do, and will see that when it asks.
      if (this.state === 'Ready') this.state = 'Running';
      return;
    }
    this.#give = undefined;
    this.#become('Running');
    give(event);
  }

  /** Whoever waited has gone away. */
  left(give: Give): void {
    if (this.#give === give) this.#give = undefined;
  }

  /** It says that it cannot go on. Throws ExtensionRefusal when it may not say so now. */
  fail(state: 'InitError' | 'ExitError', errorType: string): void {
    this.#become(state);
    this.errorType = errorType;
  }

  #become(state: ExtensionState): void {
    if (!(TRANSITIONS[this.state] as readonly string[]).includes(state)) this.#refuse(state);
    this.state = state;
  }

  #refuse(state: ExtensionState): never {
    const message = `State transition from ${this.state} to ${state} failed for extension ${this.name}. Error: State transition is not allowed`;
    throw new ExtensionRefusal('Extension.InvalidExtensionState', message);
  }
}
