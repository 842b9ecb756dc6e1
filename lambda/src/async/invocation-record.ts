import type { Ended } from './ended.ts';
import { refusalOf } from './ended.ts';

/**
 * The invocation record that a destination gets, as JSON. Payloads stand in it as they were sent: what JavaScript cannot
 * represent, such as large numbers, is kept.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(ended: Ended, functionArn: string, nowMs: number): string {
  const { event, condition, answer } = ended;
  const requestContext = {
    requestId: event.requestId,
    functionArn,
    condition,
    approximateInvokeCount: event.attempts,
  };
  const members: [string, string][] = [
    ['version', '"1.0"'],
    ['timestamp', JSON.stringify(new Date(nowMs).toISOString())],
    ['requestContext', JSON.stringify(requestContext)],
    ['requestPayload', Buffer.from(event.payload).toString('utf8')],
  ];
  const responseContext = responseContextOf(ended);
  if (responseContext) members.push(['responseContext', JSON.stringify(responseContext)]);
  if (answer) members.push(['responsePayload', asJson(answer.outcome.payload.toString('utf8'))]);
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

/** Absent where no HTTP status is known. */
function responseContextOf({ event, condition, answer }: Ended): object | undefined {
  if (answer) {
    return {
      statusCode: 200,
      executedVersion: answer.executedVersion,
      ...(!answer.outcome.ok && { functionError: 'Unhandled' }),
    };
  }
  const { status } = refusalOf({ condition, event });
  return status === undefined ? undefined : { statusCode: status };
}

/** A function may answer what is no JSON; it is a text then. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
