import { Problem } from '../../lib/problem.ts';

/** An error as an RFC 9457 problem document, with the headers that go with it. */
export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: { type: string; title: string; status: number; detail: string };
}

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Renders any error: a Problem as it is, an HTTP framework's 4xx with its message, everything else as a bare 500. */
export function problemAnswer(error: unknown): ProblemAnswer {
  if (error instanceof Problem) {
    const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE };
    if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds);
    if (error.status === 401) headers['www-authenticate'] = 'Bearer';
    return {
      status: error.status,
      headers,
      body: document(error.code.replace('.', '/'), error.title, error.status, error.message),
    };
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return {
      status: statusCode,
      headers: { 'content-type': PROBLEM_TYPE },
      body: document('http/bad-request', 'Bad request', statusCode, message ?? 'the request cannot be read'),
    };
  }
  return {
    status: 500,
    headers: { 'content-type': PROBLEM_TYPE },
    body: document(
      'http/failure',
      'Something broke',
      500,
      'the control room failed; its log has the details',
    ),
  };
}

function document(path: string, title: string, status: number, detail: string): ProblemAnswer['body'] {
  return { type: `/problems/${path}`, title, status, detail };
}
