import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, in letters that need no escaping in addresses. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that says nothing about where the difference is, nor about the length. */
export function sameToken(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface LoopbackHost {
  /** As the client wrote it, lower case: `localhost:9000`. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads a Host header; null for anything but a name of this machine, as of a page whose name was rebound to the loopback
 * address. Any port is fine: behind `ssh -L 9000:127.0.0.1:8642` the browser says 9000.
 */
export function parseLoopbackHost(header: string | undefined): LoopbackHost | null {
  const match = /^(\[::1\]|[a-z0-9.]+)(?::(\d{1,5}))?$/.exec(header?.toLowerCase() ?? '');
  if (!match?.[1] || !LOOPBACK_NAMES.has(match[1])) return null;
  return { host: match[0], port: match[2] === undefined ? 80 : Number(match[2]) };
}

/** How long a code that opens a page once waits for it. */
const ONCE_MS = 120_000;

/**
 * Who may enter. The code in the printed address, the session's secret and the key in addresses of pictures are
 * different: none of them can be made from another.
 */
export class Access {
  /** In the printed address: for any browser that the person opens it in, as long as the host runs. */
  readonly code = newToken();
  readonly session = { secret: newToken(), pictures: newToken() };
  readonly #once = new Map<string, number>();

  codeForOnce(): string {
    const code = newToken();
    this.#once.set(code, performance.now() + ONCE_MS);
    return code;
  }

  /** Whether a code opens the session; one for once is used up by it. */
  enter(given: string): boolean {
    for (const [code, until] of this.#once) {
      if (performance.now() > until) this.#once.delete(code);
      else if (sameToken(code, given)) return this.#once.delete(code);
    }
    return sameToken(this.code, given);
  }
}

/** The headers that say who asks; lower-case names, as Node gives them. */
export interface RequestOrigin {
  readonly method: string;
  readonly host: string;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

/**
 * Whether a request comes from our own page, or from no page at all: by the exact origin, since another server of this
 * machine is the same site. Browsers send `Origin` with every POST and `Sec-Fetch-Site` with everything.
 */
export function isOwnOrigin({ origin, host, secFetchSite }: RequestOrigin): boolean {
  if (origin !== undefined && origin !== `http://${host}`) return false;
  return secFetchSite === undefined || secFetchSite === 'same-origin' || secFetchSite === 'none';
}
