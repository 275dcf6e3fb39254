import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { INPUT_LIMITS } from '../dispatch.ts';
import { JsonGauge } from './json-gauge.ts';

/** Largest body of a call: ten thousand edits of one image are about three megabytes. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Thrown for a body beyond the limit, as soon as that is known. */
export class BodyTooLarge extends Error {}

/**
 * Reads the JSON body of a call; an empty one is `{}`.
 *
 * @throws BodyTooLarge beyond `MAX_BODY_BYTES`; TwinheadError `invalid-input` for anything but JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  const gauge = new JsonGauge(INPUT_LIMITS);
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES || !gauge.add(chunk)) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch (error) {
    throw new TwinheadError('invalid-input', say('web.body.notJson'), {}, { cause: error });
  }
}

/** A request as the services take it: address, method and headers, without a body. */
export function toRequest(request: IncomingMessage, url: URL): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  return new Request(url, { method: request.method === 'HEAD' ? 'HEAD' : 'GET', headers });
}

/** Sends a `Response` over Node's server. A reader that goes away in the middle is no error. */
export async function sendResponse(response: Response, target: ServerResponse): Promise<void> {
  target.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    target.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(response.body), target);
  } catch (error) {
    if (!target.destroyed) throw error;
  }
}
