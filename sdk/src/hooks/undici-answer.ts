/** Answers in an upstream's place, in both ways that undici's handlers have been called in: `on…` since 7 and before it. */

type Controller = {
  paused: boolean;
  aborted: boolean;
  reason: Error | null;
  rawHeaders: Buffer[];
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
};

export interface DispatchHandler {
  onRequestStart?(controller: Controller, context: object): void;
  onResponseStart?(
    controller: Controller,
    status: number,
    headers: Record<string, string>,
    text: string,
  ): void;
  onResponseData?(controller: Controller, chunk: Buffer): void;
  onResponseEnd?(controller: Controller, trailers: object): void;
  onResponseError?(controller: Controller, error: Error): void;
  onConnect?(abort: (reason?: Error) => void): void;
  onHeaders?(status: number, rawHeaders: Buffer[], resume: () => void, text: string): boolean;
  onData?(chunk: Buffer): boolean;
  onComplete?(trailers: Buffer[]): void;
  onError?(error: Error): void;
}

/** Gives the handler an answer of `status` with `message` as JSON. */
export function answer(handler: DispatchHandler, status: number, message: string): void {
  const body = Buffer.from(JSON.stringify({ message }));
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const text = process.getBuiltinModule('node:http').STATUS_CODES[status] ?? 'Error';
  const controller = controllerOf(headers);
  const started = begin(handler, controller);
  if (!started) return;
  if (handler.onRequestStart) {
    handler.onResponseStart?.(controller, status, headers, text);
    handler.onResponseData?.(controller, body);
    handler.onResponseEnd?.(controller, {});
    return;
  }
  handler.onHeaders?.(status, controller.rawHeaders, () => {}, text);
  if (controller.aborted) return;
  handler.onData?.(body);
  handler.onComplete?.([]);
}

/** Gives the handler an error in place of an answer. */
export function fail(handler: DispatchHandler, error: Error): void {
  const controller = controllerOf({});
  if (handler.onRequestStart) {
    if (begin(handler, controller)) handler.onResponseError?.(controller, error);
  } else handler.onError?.(error);
}

/** Tells the handler that its request starts; false when it was given up before. */
function begin(handler: DispatchHandler, controller: Controller): boolean {
  if (handler.onRequestStart) handler.onRequestStart(controller, {});
  else handler.onConnect?.((reason) => controller.abort(reason ?? new Error('aborted')));
  if (!controller.aborted) return true;
  const reason = controller.reason ?? new Error('aborted');
  if (handler.onRequestStart) handler.onResponseError?.(controller, reason);
  else handler.onError?.(reason);
  return false;
}

function controllerOf(headers: Record<string, string>): Controller {
  return {
    paused: false,
    aborted: false,
    reason: null,
    rawHeaders: Object.entries(headers)
      .flat()
      .map((text) => Buffer.from(text)),
    pause() {
      this.paused = true;
    },
    resume() {
      this.paused = false;
    },
    abort(reason) {
      this.aborted = true;
      this.reason = reason;
    },
  };
}
