import type { Answer } from '../electron/common/contract.ts';

/** By what the web host knows this page; `pictures` goes into addresses of pictures, which carry no header. */
export interface WebSession {
  readonly secret: string;
  readonly pictures: string;
}

/** The session is missing or of an earlier start of the host: nothing was looked at. */
export const SIGNED_OUT = 401;

/** Storage belongs to one port, as cookies do not: no other server of this machine can read it or put one there. */
const KEY = 'twinhead.session';

let kept: WebSession | null = null;

function isSession(value: unknown): value is WebSession {
  return (
    typeof value === 'object' &&
    value !== null &&
    'secret' in value &&
    typeof value.secret === 'string' &&
    'pictures' in value &&
    typeof value.pictures === 'string'
  );
}

/** Header that every call has: no other page can send it here. */
export function sessionHeaders(): Record<string, string> {
  return { 'x-twinhead-token': webSession()?.secret ?? '' };
}

/** The newest one of this browser, also where another window has entered since; null where none has. */
export function webSession(): WebSession | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return isSession(stored) ? stored : kept;
  } catch {
    // A browser that keeps nothing for pages: this window alone is known.
    return kept;
  }
}

function post(call: string, input: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...sessionHeaders() };
  return fetch(`./api/${call}`, { method: 'POST', headers, body: JSON.stringify(input) });
}

/**
 * Exchanges the code in the page's address for a session, and takes it out of the address.
 * @returns whether the host knows this page; true where it does not answer, since then nothing is known
 */
export async function enter(): Promise<boolean> {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  try {
    if (code !== undefined) await exchange(code);
    return (await post('system.preferences', {})).status !== SIGNED_OUT;
  } catch {
    return true;
  } finally {
    if (code !== undefined) history.replaceState(null, '', location.pathname);
  }
}

async function exchange(code: string): Promise<void> {
  const answer = (await (await post('session', { code })).json()) as Answer<unknown>;
  if (!answer.ok || !isSession(answer.value)) return;
  kept = answer.value;
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // See webSession.
  }
}
