import http from 'node:http';
import net from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Handlers } from '../../electron/app.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import { startWebHost } from '../../electron/web/host.ts';
import type { WebHost } from '../../electron/web/host.ts';
import { MAX_BODY_BYTES } from '../../electron/web/node-http.ts';
import { CONTENT_SECURITY_POLICY } from '../../electron/hosting/security-headers.ts';
import { appOf, jobEvents, recordingLogger } from '../support/handlers.ts';
import { asEnglish } from '../support/in-english.ts';

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

let renderer: string;
let host: WebHost;
const hosts: WebHost[] = [];
let calls: unknown[] = [];

const handlers: Partial<Handlers> = {
  'jobs.list': async () => ({ jobs: [] }),
  'jobs.cancel': async (input) => {
    calls.push(input);
    return {};
  },
  'jobs.events': jobEvents(3, true),
};

async function start(more: Partial<Handlers> = {}, port = 0): Promise<WebHost> {
  const logger = recordingLogger();
  const app = appOf({ ...handlers, ...more });
  const started = await startWebHost({
    app,
    dispatch: createDispatch(app, { logger }),
    logger,
    port,
    rendererFolder: renderer,
  });
  hosts.push(started);
  return started;
}

/** A request as written: `fetch` would not let Host and Origin be chosen. */
function send(
  target: string,
  headers: http.OutgoingHttpHeaders = {},
  {
    method = 'GET',
    body = '',
    port = host.port,
  }: { method?: string; body?: string | Buffer; port?: number } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, path: target, method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const byHeader = (): http.OutgoingHttpHeaders => ({ 'x-twinhead-token': host.token });
const json = { 'content-type': 'application/json' };
const post = (
  name: string,
  headers: http.OutgoingHttpHeaders,
  body: string | Buffer = '{}',
): Promise<Reply> => send(`/api/${name}`, { ...json, ...headers }, { method: 'POST', body });

beforeAll(async () => {
  renderer = await mkdtemp(path.join(os.tmpdir(), 'twinhead-renderer-'));
  await writeFile(path.join(renderer, 'index.html'), '<p>interface</p>');
});
afterAll(() => rm(renderer, { recursive: true }));
beforeEach(async () => {
  calls = [];
  host = await start();
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
});

describe('entering', () => {
  const exchange = (code: unknown, headers: http.OutgoingHttpHeaders = {}): Promise<Reply> =>
    post('session', headers, JSON.stringify({ code }));
  const codeIn = (address: string): string => new URL(address).hash.replace('#code=', '');

  it('exchanges the code of the printed address for a session, in any browser', async () => {
    for (let browser = 0; browser < 2; browser++) {
      const reply = await exchange(codeIn(host.url));
      expect(reply.status).toBe(200);
      expect(reply.headers['cache-control']).toBe('no-store');
      const { value } = JSON.parse(reply.body) as { value: { secret: string; pictures: string } };
      expect((await post('jobs.list', { 'x-twinhead-token': value.secret })).status).toBe(200);
      expect((await send(`/image/1?k=${value.pictures}`)).status).not.toBe(401);
    }
  });

  it('gives a session that differs from the code, and a key of pictures that opens nothing else', async () => {
    const code = codeIn(host.url);
    const { value } = JSON.parse((await exchange(code)).body) as {
      value: { secret: string; pictures: string };
    };
    expect(new Set([code, value.secret, value.pictures]).size).toBe(3);
    for (const token of [code, value.pictures])
      expect((await post('jobs.list', { 'x-twinhead-token': token })).status).toBe(401);
    expect((await send(`/api/stream/jobs.events?k=${value.pictures}`)).status).toBe(401);
    expect((await send(`/image/1?k=${value.secret}`)).status).toBe(401);
  });

  it('with the code of an address for once works once', async () => {
    const code = codeIn(host.urlForOnce());
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(401);
    expect((await exchange(codeIn(host.url))).status).toBe(200);
  });

  it('with a wrong code says what to open', async () => {
    for (const code of ['wrong', '', null, 5, host.token, undefined]) {
      const reply = await exchange(code);
      expect(reply.status).toBe(401);
      expect(JSON.stringify(asEnglish(JSON.parse(reply.body)))).toContain('twinhead serve');
    }
  });

  it('is not done for another page, nor by a form', async () => {
    const code = codeIn(host.url);
    expect((await exchange(code, { origin: 'http://127.0.0.1:1' })).status).toBe(403);
    expect((await exchange(code, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await exchange(code, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send('/api/session')).status).toBe(405);
  });

  it('leaves no cookie, which servers on other ports would be sent, and gives the page away to nobody else', async () => {
    const reply = await exchange(codeIn(host.url));
    const page = await send('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    expect(page).toMatchObject({ status: 200, body: '<p>interface</p>' });
    expect(page.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
    expect([reply.headers['set-cookie'], page.headers['set-cookie']]).toEqual([undefined, undefined]);
    for (const mode of ['no-cors', 'cors'])
      expect((await send('/', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': mode })).status).toBe(403);
  });
});

describe('a request', () => {
  it('of an unknown, missing or stale token reaches nothing', async () => {
    for (const headers of [
      {},
      { 'x-twinhead-token': 'x' },
      { cookie: `twinhead-${host.port}=${host.token}` },
    ]) {
      expect(await post('jobs.cancel', headers, '{"jobId":"a"}')).toMatchObject({ status: 401 });
      expect((await send('/image/1', headers)).status).toBe(401);
      expect((await send('/image/1?k=', headers)).status).toBe(401);
      expect((await send('/api/stream/jobs.events', headers)).status).toBe(401);
    }
    expect(calls).toEqual([]);
  });

  it('for a name rebound to this machine is refused, even with the token', async () => {
    for (const hostHeader of ['evil.example', `evil.example:${host.port}`, '10.0.0.1']) {
      expect((await post('jobs.cancel', { ...byHeader(), host: hostHeader }, '{"jobId":"a"}')).status).toBe(
        403,
      );
      expect((await send('/', { host: hostHeader })).status).toBe(403);
    }
    expect(calls).toEqual([]);
  });

  it('of another page is refused, even with the token', async () => {
    const origins = [
      'http://evil.example',
      'null',
      `http://127.0.0.1:${host.port + 1}`,
      `https://127.0.0.1:${host.port}`,
    ];
    for (const origin of origins) {
      expect((await post('jobs.cancel', { ...byHeader(), origin }, '{"jobId":"a"}')).status).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await send('/image/1', { ...byHeader(), 'sec-fetch-site': site })).status).toBe(403);
      expect((await send('/api/stream/jobs.events', { ...byHeader(), 'sec-fetch-site': site })).status).toBe(
        403,
      );
    }
    expect(calls).toEqual([]);
  });

  it('is answered to this machine only', async () => {
    const outside = Object.values(os.networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (!outside) return;
    const connected = await new Promise((resolve) => {
      const socket = net.connect(host.port, outside.address);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    expect(connected).toBe(false);
  });

  it('is no way to ask for another server', async () => {
    for (const target of ['//evil.example/', 'http://evil.example/', '/\\a:b@c/', '/\\evil.example/']) {
      expect((await send(target, byHeader())).status).toBe(400);
    }
  });
});

describe('a call', () => {
  it('answers as the contract says', async () => {
    const reply = await post('jobs.list', byHeader());
    expect(JSON.parse(reply.body)).toEqual({ ok: true, value: { jobs: [] } });
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('says what is wrong with a code, a word and a status', async () => {
    const codeOf = (reply: Reply): string =>
      (JSON.parse(reply.body) as { error: { code: string } }).error.code;
    const wrong = await post('jobs.cancel', byHeader(), '{"jobId":5}');
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'invalid-input']);
    const unknown = await post('constructor', byHeader());
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'not-found']);
    const closed = await post('project.get', byHeader());
    expect([closed.status, codeOf(closed)]).toEqual([409, 'no-project']);
    const broken = await post('jobs.list', byHeader(), '{"a":');
    expect([broken.status, codeOf(broken)]).toEqual([400, 'invalid-input']);
    const latin1 = await post('jobs.list', byHeader(), Buffer.from([0x22, 0xe9, 0x22]));
    expect([latin1.status, codeOf(latin1)]).toEqual([400, 'invalid-input']);
  });

  it('must be JSON, so that no form of another page can make one', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonp',
    ]) {
      expect(
        (await post('jobs.cancel', { ...byHeader(), 'content-type': type }, '{"jobId":"a"}')).status,
      ).toBe(415);
    }
    expect(calls).toEqual([]);
  });

  it('has a largest size, said or not', async () => {
    const said = { ...byHeader(), 'content-length': MAX_BODY_BYTES + 1, expect: '100-continue' };
    const declared = await new Promise<number>((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: host.port,
          path: '/api/jobs.list',
          method: 'POST',
          headers: { ...json, ...said },
        },
        (response) => {
          resolve(response.statusCode ?? 0);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(declared).toBe(413);
    const streamed = await new Promise<number | string>((resolve) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: host.port,
          path: '/api/jobs.list',
          method: 'POST',
          headers: { ...json, ...byHeader() },
        },
        (response) => {
          resolve(response.statusCode ?? 0);
          request.destroy();
        },
      );
      request.on('error', () => resolve('cut off'));
      const piece = Buffer.alloc(1024 * 1024, 0x20);
      for (let count = 0; count <= MAX_BODY_BYTES / piece.length; count += 1) request.write(piece);
    });
    expect([413, 'cut off']).toContain(streamed);
  });

  it.each([
    ['numbers', `[${'1,'.repeat(2_000_000)}1]`],
    ['texts', `[${'"",'.repeat(400_000)}""]`],
    ['lists', '['.repeat(400_001)],
    ['names in one object', `{${Array.from({ length: 5001 }, (_, at) => `"\\"${at}":{"a":1}`).join(',')}}`],
  ])('has a largest number of %s, known before they are parsed', async (_, value) => {
    // Not JSON at its end: only what is refused before it is parsed is too large.
    const many = Buffer.from(`{"jobId":${value}`);
    expect((await post('jobs.cancel', byHeader(), many)).status).toBe(413);
  });

  it('with as many values as any call needs is read, whatever its texts hold', async () => {
    const names = Array.from({ length: 4999 }, (_, at) => `"${at}":1`).join(',');
    const text = '[{,:"]}\\'.repeat(50_000);
    const much = `{"jobId":"x","more":[${`{${names}},${JSON.stringify(text)},`.repeat(20)}-1.5e3,true]}`;
    expect((await post('jobs.cancel', byHeader(), much)).status).not.toBe(413);
  });

  it('is a POST, files and streams are GETs, and there is no preflight to pass', async () => {
    const statusOf = async (method: string, target: string): Promise<[number, string | undefined]> => {
      const reply = await send(target, { ...json, ...byHeader() }, { method });
      return [reply.status, reply.headers.allow];
    };
    expect(await statusOf('GET', '/api/jobs.list')).toEqual([405, 'POST']);
    expect(await statusOf('PUT', '/api/jobs.list')).toEqual([405, 'POST']);
    expect(await statusOf('OPTIONS', '/api/jobs.list')).toEqual([405, 'POST']);
    expect(await statusOf('POST', '/api/stream/jobs.events')).toEqual([405, 'GET']);
    expect(await statusOf('DELETE', '/index.html')).toEqual([405, 'GET, HEAD']);
    expect(await statusOf('POST', '/image/1')).toEqual([405, 'GET, HEAD']);
  });

  it('is abandoned when its caller goes away', async () => {
    let aborted = false;
    const waiting = Promise.withResolvers<undefined>();
    host = await start({
      'jobs.list': (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          waiting.resolve(undefined);
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        }),
    });
    const request = http.request({
      host: '127.0.0.1',
      port: host.port,
      path: '/api/jobs.list',
      method: 'POST',
      headers: { ...json, ...byHeader() },
    });
    request.on('error', () => undefined);
    request.end('{}');
    await waiting.promise;
    request.destroy();
    await expect.poll(() => aborted).toBe(true);
  });
});

describe('a stream', () => {
  /** The text of a stream until it holds `until`; then the reader goes away. */
  function read(query: string, until: string, headers: http.OutgoingHttpHeaders = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const target = `/api/stream/jobs.events${query}`;
      const request = http.get(
        { host: '127.0.0.1', port: host.port, path: target, headers: { ...byHeader(), ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
            if (!text.includes(until)) return;
            resolve(text);
            request.destroy();
          });
          response.on('end', () => resolve(text));
          response.on('error', () => resolve(text));
        },
      );
      request.on('error', reject);
    });
  }
  const idsIn = (text: string): string[] => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1]!);

  it('sends numbered events and goes on where its reader was', async () => {
    expect(idsIn(await read('', 'id: 3'))).toEqual(['1', '2', '3']);
    expect(idsIn(await read('?after=1', 'id: 3'))).toEqual(['2', '3']);
    expect(idsIn(await read('?after=0', 'id: 3', { 'last-event-id': '2' }))).toEqual(['3']);
  });

  it('ends for the services when its reader goes away', async () => {
    let ended = false;
    host = await start({
      'jobs.events': async function* (input, reader) {
        yield* jobEvents(3, true)(input, reader);
        ended = reader.signal.aborted;
      },
    });
    await read('', 'id: 3');
    await expect.poll(() => ended).toBe(true);
  });

  it('says by an event that it is over, and why', async () => {
    host = await start({ 'jobs.events': jobEvents(1) });
    expect(await read('', 'event: end')).toContain('event: end\ndata: null\n\n');
    host = await start({
      // eslint-disable-next-line require-yield -- the stream fails before its first event
      'jobs.events': async function* () {
        throw new Error('secret');
      },
    });
    const text = await read('', 'event: end');
    expect(text).toContain('"code":"internal"');
    expect(text).not.toContain('secret');
  });

  it('refuses a wrong input with an answer, not with a stream', async () => {
    for (const query of ['?after=x', '?after=-1', '?input={', '?input=5']) {
      const reply = await send(`/api/stream/jobs.events${query}`, byHeader());
      expect([reply.status, reply.headers['content-type']]).toEqual([400, 'application/json; charset=utf-8']);
    }
    expect((await send('/api/stream/nothing', byHeader())).status).toBe(404);
  });

  it('breaks off without an end when the server closes, so that its reader comes back', async () => {
    const reading = read('', 'never');
    await sleep(50);
    await host.close();
    const text = await reading;
    expect(text).toContain('id: 3');
    expect(text).not.toContain('event: end');
  });
});

describe('a picture', () => {
  it('with its own version is kept for good, with another or none checked each time', async () => {
    const kept = await send('/image/7?size=256&v=1', byHeader());
    expect(kept).toMatchObject({ status: 200, body: 'picture' });
    expect(kept.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const address of ['/image/7?size=256', '/image/7?size=256&v=', '/image/7?size=256&v=2']) {
      const checked = await send(address, byHeader());
      expect(checked.headers['cache-control']).toBe('private, no-cache');
    }
    expect((await send('/image/7?size=256', { ...byHeader(), 'if-none-match': '"1"' })).status).toBe(304);
  });
});

describe('the port', () => {
  it('in use is said with the remedy', async () => {
    await expect(start({}, host.port)).rejects.toMatchObject({
      code: 'port-in-use',
      details: { port: host.port, remedy: { key: 'web.port.remedy' } },
    });
  });

  it('is free again after closing, even with a stream open', async () => {
    const open = http.get({
      host: '127.0.0.1',
      port: host.port,
      path: '/api/stream/jobs.events',
      headers: byHeader(),
    });
    open
      .on('error', () => undefined)
      .on('response', (response) => response.on('error', () => undefined).resume());
    await sleep(50);
    await host.close();
    await expect(start({}, host.port)).resolves.toMatchObject({ port: host.port });
  });
});
