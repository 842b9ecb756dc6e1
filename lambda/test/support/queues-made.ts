import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { StateEngine } from '../../src/ports.ts';
import { openOwnState } from './state.ts';
import { CREDENTIALS, openTwin, REGION, type Twin } from './twin.ts';

/** Queues that a conformance suite talks to, and how to leave them. */
export interface QueuesUnderTest {
  client: SQSClient;
  close(): Promise<void>;
}

export interface QueuesTwin extends Twin {
  sqs: SQSClient;
  state: StateEngine;
}

/** The compute twin with an embedded PostgreSQL of its own, and a client for its queues. */
export async function openQueuesTwin(options: { concurrencyPerVersion?: number } = {}): Promise<QueuesTwin> {
  const state = await openOwnState();
  const twin = await openTwin({ ...options, state });
  const sqs = sqsClient(twin.endpoint);
  return {
    ...twin,
    sqs,
    state,
    async close() {
      sqs.destroy();
      await twin.close();
      await state.close();
    },
  };
}

export function sqsClient(endpoint: string, maxAttempts = 1): SQSClient {
  return new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts });
}

/** Queues that a suite makes, each with a name of its own, to be deleted when the suite ends. */
export class QueuesMade {
  #client: SQSClient;
  #urls: string[] = [];

  constructor(client: SQSClient) {
    this.#client = client;
  }

  /** Returns the URL. */
  async make(
    Attributes: Partial<Record<QueueAttributeName, string>> = {},
    QueueName = `upstack-test-${randomUUID()}`,
  ): Promise<string> {
    const { QueueUrl = '' } = await this.#client.send(new CreateQueueCommand({ QueueName, Attributes }));
    this.#urls.push(QueueUrl);
    return QueueUrl;
  }

  async delete(): Promise<void> {
    for (const QueueUrl of this.#urls) {
      await this.#client.send(new DeleteQueueCommand({ QueueUrl })).catch(() => {});
    }
  }
}

/** Sends messages, ten at a time. */
export async function sendAll(client: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  for (let i = 0; i < bodies.length; i += 10) {
    const Entries = bodies.slice(i, i + 10).map((MessageBody, n) => ({ Id: String(n), MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** Receives until `count` messages came or nothing came for `patience` long polls. */
export async function receiveAll(
  client: SQSClient,
  QueueUrl: string,
  count: number,
  more: Partial<ReceiveMessageCommandInput> = {},
): Promise<Message[]> {
  const messages: Message[] = [];
  for (let empty = 0; messages.length < count && empty < 5; ) {
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, ...more };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
    messages.push(...Messages);
    if (Messages.length === 0) empty++;
  }
  return messages;
}
