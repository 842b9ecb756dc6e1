/**
 * The errors of the SQS API that the twin answers with: the code of the older query protocol, which clients show, and
 * the HTTP status. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html, the
 * pages of the operations, and AWS's model.
 */
const ERRORS = {
  BatchEntryIdsNotDistinct: ['AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 400],
  BatchRequestTooLong: ['AWS.SimpleQueueService.BatchRequestTooLong', 400],
  EmptyBatchRequest: ['AWS.SimpleQueueService.EmptyBatchRequest', 400],
  InternalFailure: ['InternalFailure', 500],
  InvalidAddress: ['InvalidAddress', 404],
  InvalidAttributeName: ['InvalidAttributeName', 400],
  InvalidAttributeValue: ['InvalidAttributeValue', 400],
  InvalidBatchEntryId: ['AWS.SimpleQueueService.InvalidBatchEntryId', 400],
  InvalidMessageContents: ['InvalidMessageContents', 400],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  MessageNotInflight: ['AWS.SimpleQueueService.MessageNotInflight', 400],
  MissingRequiredParameterException: ['MissingParameter', 400],
  OverLimit: ['OverLimit', 403],
  PurgeQueueInProgress: ['AWS.SimpleQueueService.PurgeQueueInProgress', 403],
  QueueDoesNotExist: ['AWS.SimpleQueueService.NonExistentQueue', 400],
  QueueNameExists: ['QueueAlreadyExists', 400],
  ReceiptHandleIsInvalid: ['ReceiptHandleIsInvalid', 404],
  RequestEntityTooLarge: ['RequestEntityTooLarge', 413],
  SerializationException: ['SerializationException', 400],
  ServiceUnavailable: ['ServiceUnavailable', 503],
  TooManyEntriesInBatchRequest: ['AWS.SimpleQueueService.TooManyEntriesInBatchRequest', 400],
  UnknownOperationException: ['InvalidAction', 400],
  UnsupportedOperation: ['AWS.SimpleQueueService.UnsupportedOperation', 400],
} as const satisfies Record<string, readonly [queryCode: string, status: number]>;

export type QueueErrorType = keyof typeof ERRORS;

export class QueueError extends Error {
  readonly type: QueueErrorType;
  readonly queryCode: string;
  readonly status: number;

  constructor(type: QueueErrorType, message: string) {
    super(message);
    this.name = type;
    this.type = type;
    [this.queryCode, this.status] = ERRORS[type];
  }
}

export function noSuchQueue(): QueueError {
  return new QueueError('QueueDoesNotExist', 'The specified queue does not exist.');
}

export function invalidValue(value: unknown, parameter: string, reason: string): QueueError {
  const message = `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`;
  return new QueueError('InvalidParameterValueException', message);
}

export function missing(parameter: string): QueueError {
  return new QueueError(
    'MissingRequiredParameterException',
    `The request must contain the parameter ${parameter}.`,
  );
}

/** For what Amazon SQS offers and this twin does not yet. */
export function unsupported(what: string): QueueError {
  return new QueueError('UnsupportedOperation', `${what} is not supported yet by the queues of Upstack.`);
}
