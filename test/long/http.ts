import { mkdirSync, writeFileSync } from 'node:fs';
import request from 'node:http';
import path from 'node:path';
import { createApp } from '../../electron/app.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import { startWebHost } from '../../electron/web/host.ts';
import { testPorts } from '../support/ports.ts';
import { mutate, pick } from './harness.ts';
import type { Harness } from './harness.ts';

const TARGETS = [
  '/',
  '/index.html',
  '/api/jobs.list',
  '/api/project.get',
  '/api/session',
  '/api/stream/jobs.events',
  '/image/1?size=256',
  '/image/1?tile=0_0_0',
  '/\\a:b@c/',
  '//x/',
  '/%00',
  '/assets/..%2f..%2fx',
];
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'];

interface Reply {
  readonly status: number;
  readonly body: string;
}

function send(
  port: number,
  target: string,
  method: string,
  headers: Record<string, string>,
  body: string,
): Promise<Reply | null> {
  return new Promise((resolve) => {
    let outgoing: ReturnType<typeof request.request>;
    try {
      outgoing = request.request({ host: '127.0.0.1', port, path: target, method, headers, agent: false });
    } catch {
      // Node's client itself refuses to write it.
      resolve(null);
      return;
    }
    outgoing.setTimeout(2000, () => outgoing.destroy());
    outgoing.once('response', (response) => {
      let text = '';
      const end = (): void => resolve({ status: response.statusCode ?? 0, body: text });
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('end', end).once('error', end).once('close', end);
      // Streams have no end: their head is enough.
      if (target.includes('/stream/')) response.destroy();
    });
    outgoing.once('error', () => resolve(null));
    outgoing.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  });
}

export const http: Harness = {
  name: 'http',
  goal: 30_000,
  serves: true,
  about:
    'requests, whole and damaged, with and without the session; broken: a status 500, or something given away',
  async open(folder) {
    const interfaceFolder = path.join(folder, 'interface');
    mkdirSync(interfaceFolder);
    writeFileSync(path.join(interfaceFolder, 'index.html'), '<p>interface</p>');
    const ports = testPorts({ userFolder: path.join(folder, 'user') });
    const app = createApp(ports);
    const dispatch = createDispatch(app, { logger: ports.logger });
    const host = await startWebHost({
      app,
      dispatch,
      logger: ports.logger,
      port: 0,
      rendererFolder: interfaceFolder,
    });
    return {
      close: async () => {
        await host.close();
        await app.close();
      },
      attempt: async (random) => {
        const chosen = pick(random, TARGETS);
        const raw = random.next() < 0.5 ? chosen : mutate(random, chosen);
        const target = raw.replace(/[^\x21-\x7e]/g, '') || '/';
        const method = pick(random, METHODS);
        const known = random.next() < 0.4;
        const headers: Record<string, string> = {
          'content-type': pick(random, ['application/json', 'text/plain']),
        };
        if (known) headers['x-twinhead-token'] = host.token;
        else if (random.next() < 0.3)
          headers['x-twinhead-token'] = pick(random, ['', 'x', `${host.token} `.slice(0, 20)]);
        if (random.next() < 0.2)
          headers['host'] = pick(random, ['evil.example', 'localhost:1', '127.0.0.1', '[::1]:5']);
        if (random.next() < 0.2)
          headers['origin'] = pick(random, ['http://evil.example', 'null', `http://127.0.0.1:${host.port}`]);
        const reply = await send(
          host.port,
          target,
          method,
          headers,
          mutate(random, '{"code":"x","jobId":"a"}'),
        );
        if (reply === null) return null;
        const said = `${method} ${target} ${JSON.stringify(headers)} → ${reply.status}`;
        if (reply.status === 500 || reply.body.includes('"internal"')) return said;
        const open = reply.body === '<p>interface</p>' || reply.body === '' || reply.status >= 400;
        return !known && !open ? `${said}: ${reply.body.slice(0, 200)}` : null;
      },
    };
  },
};
