import { bodyOf } from './connection.ts';

/** The caller of the twin under test. */
export const REGION = 'eu-west-1';
export const CREDENTIALS = {
  accessKeyId: 'AKIAUPSTACKBENCH0000',
  secretAccessKey: 'a secret for benchmarks only',
};

/** The function that every server under test runs, as `index.mjs`. */
export const HELLO =
  'export const handler = async (event) => ({ statusCode: 200, body: "hello " + event.name });\n';
/** The same function in Python, as `index.py`. */
export const HELLO_PYTHON =
  'def handler(event, context):\n    return {"statusCode": 200, "body": "hello " + event["name"]}\n';

/** Throws unless this is the response to one of `invocations`. */
export function assertHello(answer: Buffer): void {
  const { statusCode, body } = JSON.parse(bodyOf(answer));
  if (statusCode !== 200 || body !== 'hello bench')
    throw new Error(`the function answered ${bodyOf(answer)}`);
}
