import { randomUUID } from 'node:crypto';
import type { ParsedRequest } from '../../http/http-parser.ts';
import type { Launch } from '../../processes/launch.ts';
import { answerBytes, type Connection } from '../runtime-api/connection.ts';
import { subscriptionFrom } from '../telemetry/subscription.ts';
import type { TelemetryStream } from '../telemetry/telemetry-stream.ts';
import { type Extension, type ExtensionEvent, ExtensionRefusal, type Give } from './extension.ts';
import type { Extensions } from './extensions.ts';

/** What a registration is answered with. */
interface FunctionMetadata {
  functionName: string;
  functionVersion: string;
  handler: string;
  accountId: string;
}

function metadataOf({ functionArn, variables }: Launch): FunctionMetadata {
  return {
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME ?? '',
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION ?? '',
    handler: variables._HANDLER ?? '',
    accountId: functionArn.split(':')[4] ?? '',
  };
}

const ACCEPTED = answerBytes(202, { status: 'OK' });
const ROUTES: Record<string, { method: string; run: 'register' | 'next' | 'fail' | 'subscribe' | 'logs' }> = {
  '/2020-01-01/extension/register': { method: 'POST', run: 'register' },
  '/2020-01-01/extension/event/next': { method: 'GET', run: 'next' },
  '/2020-01-01/extension/init/error': { method: 'POST', run: 'fail' },
  '/2020-01-01/extension/exit/error': { method: 'POST', run: 'fail' },
  '/2022-07-01/telemetry': { method: 'PUT', run: 'subscribe' },
  '/2020-08-15/logs': { method: 'PUT', run: 'logs' },
};
const IDENTIFIER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The Lambda Extensions API (2020-01-01) and the Telemetry API (2022-07-01) of one execution environment, on the address
 * of its Runtime API.
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 */
export class ExtensionsApi {
  #extensions: Extensions;
  #telemetry: TelemetryStream;
  #metadata: FunctionMetadata;
  /** Who waits for an event on which connection. */
  #waiting = new Map<Connection, { extension: Extension; give: Give }>();

  constructor(extensions: Extensions, telemetry: TelemetryStream, launch: Launch) {
    this.#extensions = extensions;
    this.#telemetry = telemetry;
    this.#metadata = metadataOf(launch);
  }

  /** Answers one request; returns false when the answer comes later and the connection has to wait for it. */
  handle(connection: Connection, request: ParsedRequest): boolean {
    const path = (request.target.split('?')[0] as string).replace(/\/$/, '');
    const route = ROUTES[path];
    if (!route) {
      const what = `${request.method} ${request.target}`;
      return connection.fail(404, 'NotFound', `${what} is not in the APIs of an execution environment`);
    }
    if (request.method !== route.method) {
      return connection.fail(405, 'MethodNotAllowed', `${request.method} is not the method of this path`);
    }
    try {
      if (route.run === 'register') return this.#register(connection, request);
      const extension = this.#identified(request);
      if (route.run === 'next') return this.#next(connection, extension);
      if (route.run === 'subscribe') return this.#subscribe(connection, request, extension);
      if (route.run === 'fail') return this.#fail(connection, request, extension, path);
      // AWS's answer where the older API is not offered: extensions go on without it.
      connection.write(
        answerBytes(202, { errorType: 'Logs.NotSupported', errorMessage: 'Logs API is not supported' }),
      );
      return true;
    } catch (error) {
      if (error instanceof ExtensionRefusal) return connection.fail(403, error.type, error.message);
      throw error;
    }
  }

  /** The client of a connection has gone away. */
  left(connection: Connection): void {
    const waiting = this.#waiting.get(connection);
    this.#waiting.delete(connection);
    waiting?.extension.left(waiting.give);
  }

  #register(connection: Connection, { headers, body }: ParsedRequest): true {
    const name = headers['lambda-extension-name'];
    if (!name) throw new ExtensionRefusal('Extension.InvalidExtensionName', 'Empty extension name');
    const extension = this.#extensions.register(name, eventsFrom(body, this.#extensions.isExternal(name)));
    const { accountId, ...metadata } = this.#metadata;
    const features = headers['lambda-extension-accept-feature']?.split(/\s*,\s*/) ?? [];
    const answer = features.includes('accountId') ? { ...metadata, accountId } : metadata;
    connection.write(answerBytes(200, answer, { 'lambda-extension-identifier': extension.id }));
    return true;
  }

  #next(connection: Connection, extension: Extension): boolean {
    let waits = true;
    const give: Give = (event) => {
      this.#waiting.delete(connection);
      const headers = {
        'lambda-extension-identifier': extension.id,
        'lambda-extension-event-identifier': randomUUID(),
      };
      connection.write(answerBytes(200, event, headers));
      if (waits) connection.proceed();
    };
    this.#waiting.set(connection, { extension, give });
    try {
      extension.next(give);
    } catch (error) {
      this.#waiting.delete(connection);
      throw error;
    }
    waits = this.#waiting.has(connection);
    this.#extensions.onNext();
    return !waits;
  }

  #fail(connection: Connection, { headers }: ParsedRequest, extension: Extension, path: string): true {
    const header = 'Lambda-Extension-Function-Error-Type';
    const errorType = headers[header.toLowerCase()];
    if (!errorType) throw new ExtensionRefusal('Extension.MissingHeader', `${header} not found`);
    extension.fail(path.includes('/init/') ? 'InitError' : 'ExitError', errorType);
    connection.write(ACCEPTED);
    this.#extensions.onFailed(extension);
    return true;
  }

  #subscribe(connection: Connection, { body }: ParsedRequest, extension: Extension): true {
    if (!this.#telemetry.open) {
      const message = 'Telemetry API subscription is closed already';
      throw new ExtensionRefusal('Telemetry.SubscriptionClosed', message);
    }
    const subscription = subscriptionFrom(body);
    if (typeof subscription === 'string') return connection.fail(400, 'ValidationError', subscription);
    this.#telemetry.subscribe(extension.name, subscription);
    connection.write(answerBytes(200, 'OK'));
    return true;
  }

  #identified({ headers }: ParsedRequest): Extension {
    const header = 'Lambda-Extension-Identifier';
    const id = headers[header.toLowerCase()];
    if (!id) throw new ExtensionRefusal('Extension.MissingExtensionIdentifier', `Missing ${header} header`);
    if (!IDENTIFIER.test(id.toLowerCase())) {
      throw new ExtensionRefusal('Extension.InvalidExtensionIdentifier', `Invalid ${header}`);
    }
    const extension = this.#extensions.find(id.toLowerCase());
    if (!extension) {
      throw new ExtensionRefusal('Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
    }
    return extension;
  }
}

/** The events of a registration. Throws ExtensionRefusal. */
function eventsFrom(body: Buffer, external: boolean): ExtensionEvent[] {
  let request: { events?: unknown } | null;
  try {
    request = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new ExtensionRefusal('InvalidRequestFormat', (error as Error).message);
  }
  const events = typeof request === 'object' ? (request?.events ?? []) : undefined;
  if (!Array.isArray(events)) throw new ExtensionRefusal('InvalidRequestFormat', 'events is not an array');
  for (const event of events) {
    const fault =
      event === 'SHUTDOWN' && !external
        ? 'ShutdownEventNotSupportedForInternalExtension'
        : event !== 'INVOKE' && event !== 'SHUTDOWN'
          ? 'ErrorInvalidEventType'
          : undefined;
    if (fault) throw new ExtensionRefusal('Extension.InvalidEventType', `${String(event)}: ${fault}`);
  }
  return [...new Set(events as ExtensionEvent[])];
}
