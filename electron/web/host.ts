import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App, Logger } from '../app.ts';
import { toErrorReport, TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';
import type { Dispatch } from '../dispatch.ts';
import { imageResponse } from '../hosting/image-response.ts';
import { languageOf, page } from '../hosting/pages.ts';
import { createStaticFiles } from '../hosting/static-files.ts';
import { allowMethods, answer, invalid, sendJson } from './answers.ts';
import { BodyTooLarge, readJson, sendResponse, toRequest } from './node-http.ts';
import { Access, isOwnOrigin, parseLoopbackHost, sameToken } from './security.ts';
import type { LoopbackHost } from './security.ts';
import { sendStream } from './streams.ts';

export interface WebHostOptions {
  readonly app: Pick<App, 'serveImage'>;
  readonly dispatch: Dispatch;
  readonly logger: Logger;
  /** 0 picks a free one. */
  readonly port: number;
  /** Folder of the built interface. */
  readonly rendererFolder: string;
}

export interface WebHost {
  /** Address to open, with a code that a page exchanges for the session; in the fragment, which no server is sent. */
  readonly url: string;
  readonly port: number;
  /** The session's secret, for programs: the header `x-twinhead-token`. */
  readonly token: string;
  /** As `url`, but its code opens one page, once, soon. */
  urlForOnce(): string;
  /** Breaks streams off, lets calls that are under way end, then frees the port. The app is closed by who made it. */
  close(): Promise<void>;
}

/** Header of a call: id of the project that it is about. */
const PROJECT_HEADER = 'x-twinhead-project';

/** Only this machine can connect; a machine further away comes through SSH. */
const ADDRESS = '127.0.0.1';
/** Calls under way get this long at `close`. */
const GRACE = 3000;

/**
 * Serves the interface and the contract to a browser on this machine: `POST /api/<name>`, `GET /api/stream/<name>`, and
 * `GET /image/<id>?project=<id>`. The header `x-twinhead-project` names the project of a call.
 * @throws TwinheadError `port-in-use`, `not-allowed` where the port can't be had
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const access = new Access();
  const closing = new AbortController();
  const handle = createHandler(options, access, closing.signal);
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      options.logger.error({ err: error, method: request.method }, 'a request failed unexpectedly');
      if (response.headersSent) response.destroy();
      else answer(response, new TwinheadError('internal', say('web.failed')).toReport());
    });
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${ADDRESS}:${port}/#code=${access.code}`,
    port,
    token: access.session.secret,
    urlForOnce: () => `http://${ADDRESS}:${port}/#code=${access.codeForOnce()}`,
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      const started = performance.now();
      // A connection counts as idle only once its last answer is out, so idle ones are looked for until none is left.
      const timer = setInterval(() => {
        if (performance.now() - started > GRACE) server.closeAllConnections();
        else server.closeIdleConnections();
      }, 20);
      await closed;
      clearInterval(timer);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ADDRESS, port }, resolve);
  }).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const details = { port, remedy: say('web.port.remedy') };
    if (code === 'EADDRINUSE') {
      throw new TwinheadError('port-in-use', say('web.port.inUse', { port: String(port) }), details, {
        cause: error,
      });
    }
    if (code === 'EACCES') {
      throw new TwinheadError('not-allowed', say('web.port.closed', { port: String(port) }), details, {
        cause: error,
      });
    }
    throw error;
  });
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function createHandler(options: WebHostOptions, access: Access, closing: AbortSignal): Handler {
  const { app, dispatch } = options;
  const files = createStaticFiles(options.rendererFolder);

  return async (request, response) => {
    const language = languageOf(request.headers['accept-language']);
    const host = parseLoopbackHost(request.headers.host);
    if (host === null)
      return sendResponse(page(403, language, say('web.refused'), say('web.refused.text')), response);
    const url = parseUrl(request.url, host);
    if (url === null) {
      const bad = page(400, language, say('web.badRequest'), say('web.badRequest.text'));
      return sendResponse(bad, response);
    }

    const asked = answerKind(url);
    const refused = refusal(request, host, url, asked);
    if (refused !== null) return refuse(refused, asked, language, response);

    if (url.pathname === '/api/session') {
      if (!allowMethods(request, response, ['POST'])) return;
      return exchange(request, response);
    }
    if (url.pathname.startsWith('/api/stream/')) {
      if (!allowMethods(request, response, ['GET'])) return;
      return stream(url, request, response);
    }
    if (url.pathname.startsWith('/api/')) {
      if (!allowMethods(request, response, ['POST'])) return;
      return call(url.pathname.slice('/api/'.length), request, response);
    }
    if (!allowMethods(request, response, ['GET', 'HEAD'])) return;
    const standard = toRequest(request, url);
    const picture = asked === 'picture';
    return sendResponse(picture ? await imageResponse(app, standard) : await files(standard), response);
  };

  /** A page has come by an address with a code, and gets what it is known by from now on. */
  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = await bodyOf(request, response);
    if (input === null) return;
    const { code } = input.value as { readonly code?: unknown };
    if (typeof code === 'string' && access.enter(code)) {
      sendJson(response, 200, { ok: true, value: access.session });
      return;
    }
    answerRefusal({ status: 401, said: say('web.code') }, response);
  }

  /** The interface itself is no secret; calls and pictures need the session, which no other page can read or send. */
  function refusal(request: IncomingMessage, host: LoopbackHost, url: URL, asked: Asked): Refusal | null {
    const { method = 'GET', headers } = request;
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    // A link to the page itself may stand anywhere.
    const opening = asked === 'page' && url.pathname === '/' && headers['sec-fetch-mode'] === 'navigate';
    if (!opening && !isOwnOrigin({ method, host: host.host, origin, secFetchSite: site }))
      return { status: 403, said: say('web.origin') };
    if (asked === 'page' || url.pathname === '/api/session') return null;
    const header = headers['x-twinhead-token'];
    if (typeof header === 'string' && sameToken(access.session.secret, header)) return null;
    const key = url.searchParams.get('k');
    if (asked === 'picture' && key !== null && sameToken(access.session.pictures, key)) return null;
    return { status: 401, said: say('web.session') };
  }

  /** The body of a call; null where it was refused, and answered. */
  async function bodyOf(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ readonly value: unknown } | null> {
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      answer(response, invalid(say('web.body.json')), 415);
      return null;
    }
    try {
      return { value: await readJson(request) };
    } catch (error) {
      if (error instanceof BodyTooLarge) {
        response.setHeader('connection', 'close');
        answer(response, invalid(say('web.body.large')), 413);
      } else if (!request.destroyed || request.complete) answer(response, toErrorReport(error));
      return null;
    }
  }

  async function call(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = await bodyOf(request, response);
    if (input === null) return;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const result = await dispatch.call(scopeOf(request), name, input.value, gone.signal);
    if (result.ok) sendJson(response, 200, result);
    else answer(response, result.error);
  }

  async function stream(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing]);
    // A browser's own EventSource says by a header where it was when the connection broke.
    const after = request.headers['last-event-id'] ?? url.searchParams.get('after') ?? '0';
    let messages;
    try {
      const input = JSON.parse(url.searchParams.get('input') ?? '{}') as unknown;
      const name = url.pathname.slice('/api/stream/'.length);
      const from = /^\d+$/.test(String(after)) ? Number(after) : NaN;
      messages = dispatch.subscribe(scopeOf(request), name, input, from, signal);
    } catch (error) {
      answer(response, error instanceof SyntaxError ? invalid(say('web.input')) : toErrorReport(error));
      return;
    }
    await sendStream(messages, response, signal);
  }
}

function scopeOf({ headers }: IncomingMessage): string | null {
  const named = headers[PROJECT_HEADER];
  return typeof named === 'string' ? named : null;
}

/** Kind of answer that a request asks for. */
type Asked = 'api' | 'picture' | 'page';

function answerKind({ pathname }: URL): Asked {
  return pathname.startsWith('/api/') ? 'api' : pathname.startsWith('/image/') ? 'picture' : 'page';
}

interface Refusal {
  readonly status: 401 | 403;
  readonly said: Sentence;
}

/** Calls get an answer of the contract, pages get a page. */
async function refuse(
  refusal: Refusal,
  asked: Asked,
  language: Language,
  response: ServerResponse,
): Promise<void> {
  if (asked === 'api') {
    answerRefusal(refusal, response);
    return;
  }
  const { status, said } = refusal;
  await sendResponse(page(status, language, say('web.notSignedIn'), said, OPEN_AGAIN), response);
}

const OPEN_AGAIN = say('web.notSignedIn.remedy');

function answerRefusal({ status, said }: Refusal, response: ServerResponse): void {
  answer(response, new TwinheadError('not-allowed', said, { remedy: OPEN_AGAIN }).toReport(), status);
}

/** Null for what isn't an origin-form target: a proxy's absolute address, or `//other-host/`. */
function parseUrl(target: string | undefined, host: LoopbackHost): URL | null {
  // A backslash counts as a slash in addresses: `/\\a:b@c/` would name a person and another host.
  if (target === undefined || !/^\/(?![/\\])/.test(target)) return null;
  const url = URL.parse(target, `http://${host.host}`);
  return url?.host === new URL(`http://${host.host}`).host && url.username === '' ? url : null;
}
