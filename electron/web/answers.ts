import type { IncomingMessage, ServerResponse } from 'node:http';
import { TwinheadError } from '../common/errors.ts';
import type { ErrorCode, ErrorReport } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import { SECURITY_HEADERS } from '../hosting/security-headers.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'not-found': 404,
  'stale-revision': 409,
  'no-project': 409,
  'project-closed': 409,
  'not-allowed': 409,
  'project-in-use': 409,
  'disk-full': 507,
  'disk-failed': 507,
  internal: 500,
};

/** Whether the method is one of those that the address knows; if not, the request is answered. */
export function allowMethods(
  request: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): boolean {
  if (methods.includes(request.method ?? '')) return true;
  response.setHeader('allow', methods.join(', '));
  answer(response, invalid(say('web.methods', { methods: { list: methods } })), 405);
  return false;
}

export function invalid(said: Sentence): ErrorReport {
  return new TwinheadError('invalid-input', said).toReport();
}

/** Answers a call with an error of the contract. */
export function answer(
  response: ServerResponse,
  error: ErrorReport,
  status = STATUS[error.code] ?? 422,
): void {
  sendJson(response, status, { ok: false, error });
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body);
}
