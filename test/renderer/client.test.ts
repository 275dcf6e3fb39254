import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { SignedOutError, webClient } from '../../renderer/client.ts';
import type { Connection } from '../../renderer/client.ts';

/** What the host does with the next requests; the last of them from then on. */
let host: (() => Response)[] = [];
let connections: Connection[] = [];

const gone = (): Response => {
  throw new TypeError('Failed to fetch');
};
/** As a host that was started again. */
const stranger = (): Response => {
  const error = new TwinheadError('not-allowed', say('web.session'), {
    remedy: say('web.notSignedIn.remedy'),
  });
  return Response.json({ ok: false, error: error.toReport() }, { status: 401 });
};
const ending = (): Response => new Response('event: end\ndata: null\n\n');
const known = (): Response => Response.json({ ok: true, value: { preferences: {} } });

beforeEach(() => {
  connections = [];
  vi.stubGlobal('document', { addEventListener: () => undefined, hidden: false });
  vi.stubGlobal('fetch', async () => (host.length > 1 ? host.shift()! : host[0]!)());
});
afterEach(() => vi.unstubAllGlobals());

const client = () => webClient((connection) => connections.push(connection));

it('a call says whether the host is gone, or there and does not know the page', async () => {
  host = [gone, stranger, known];
  const page = client();
  await expect(page.call('system.preferences', {})).rejects.toMatchObject({ code: 'disconnected' });
  const refusal = await page.call('system.preferences', {}).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SignedOutError);
  expect(refusal).toMatchObject({
    code: 'disconnected',
    said: { key: 'web.session' },
    details: { remedy: { key: 'web.notSignedIn.remedy' } },
  });
  await page.call('system.preferences', {});
  expect(connections).toEqual(['lost', 'signed-out', 'connected']);
});

it('a stream says the same, until the page is known again', async () => {
  host = [gone, stranger, ending];
  const ended = await new Promise((resolve) => {
    client().subscribe(
      'jobs.events',
      {},
      () => undefined,
      () => resolve('ended'),
    );
  });
  expect(ended).toBe('ended');
  expect(connections).toEqual(['lost', 'signed-out', 'connected']);
});
