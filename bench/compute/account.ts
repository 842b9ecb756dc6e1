/** Who calls the twin under test. */
export const REGION = 'eu-west-1';
export const CREDENTIALS = {
  accessKeyId: 'AKIAUPSTACKBENCH0000',
  secretAccessKey: 'a secret for benchmarks only',
};

/** The function that every server under test runs, in a file `index.mjs`. */
export const HELLO =
  'export const handler = async (event) => ({ statusCode: 200, body: "hello " + event.name });\n';
export const HELLO_ANSWER = '{"statusCode":200,"body":"hello bench"}';
