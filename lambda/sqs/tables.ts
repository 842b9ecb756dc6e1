import type { ColumnType, Generated } from 'kysely';

/** What SQS calls a message attribute. Binary values are in base64, as JSON carries them. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/** The part of the database that queues own. */
export interface QueueTables {
  queues: {
    name: string;
    delay_seconds: number;
    largest_message_bytes: number;
    retention_seconds: number;
    wait_seconds: number;
    visibility_seconds: number;
    dead_letter_queue: string | null;
    most_receives: number | null;
    tags: ColumnType<Record<string, string>, string, string>;
    created_at: Date;
    modified_at: Date;
    purged_at: Date | null;
  };
  queue_messages: {
    message_id: string;
    queue: string;
    position: Generated<number>;
    body: string;
    attributes: ColumnType<MessageAttributes, string, never>;
    trace_header: string | null;
    sent_at: Date;
    visible_at: Date;
    receive_count: Generated<number>;
    first_received_at: Date | null;
    receipt: string | null;
    dead_letter_source: string | null;
  };
}
