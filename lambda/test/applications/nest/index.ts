import serverlessExpress from '@codegenie/serverless-express';
import { createApp } from './app.js';

type Handler = (event: unknown, context: unknown, callback: unknown) => unknown;

let started: Promise<Handler> | undefined;

async function start(): Promise<Handler> {
  const app = (await createApp()).getHttpAdapter().getInstance();
  const configure = serverlessExpress as unknown as (options: object) => Handler;
  return configure({ app, binarySettings: { contentTypes: ['application/octet-stream'] } });
}

/** Starts the application with the first event and keeps it for the next ones. */
export const handler: Handler = async (event, context, callback) => {
  started ??= start();
  return (await started)(event, context, callback);
};
