import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../electron/hosting/security-headers.ts';
import { isOwnOrigin, newToken, parseLoopbackHost, sameToken } from '../../electron/web/security.ts';

describe('the session token', () => {
  it('has 256 bits and differs each time', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
    expect(newToken()).not.toBe(newToken());
  });

  it('equals only itself, whatever is compared', () => {
    const token = newToken();
    expect(sameToken(token, token)).toBe(true);
    fc.assert(fc.property(fc.string(), (other) => !sameToken(token, other)));
    expect(sameToken(token, token + ' ')).toBe(false);
    expect(sameToken(token, token.slice(1))).toBe(false);
  });
});

describe('the host of a request', () => {
  it.each(['127.0.0.1:8642', 'localhost:9000', 'LOCALHOST:1', '[::1]:8642', 'localhost'])(
    'may be %s',
    (host) => {
      expect(parseLoopbackHost(host)).not.toBeNull();
    },
  );

  it.each([
    'evil.example:8642',
    '127.0.0.1.evil.example',
    'localhost.evil.example:8642',
    'localhost:8642@evil.example',
    'evil.example#localhost',
    '192.168.1.5:8642',
    '0.0.0.0:8642',
    'localhost:8642:1',
    'localhost:',
    '',
    undefined,
  ])('may not be %s', (host) => {
    expect(parseLoopbackHost(host)).toBeNull();
  });
});

describe('the origin of a request', () => {
  const base = { method: 'POST', host: 'localhost:8642', secFetchSite: undefined };

  it('is our own page or none', () => {
    expect(isOwnOrigin({ ...base, origin: 'http://localhost:8642', secFetchSite: 'same-origin' })).toBe(true);
    expect(isOwnOrigin({ ...base, origin: undefined })).toBe(true);
    expect(isOwnOrigin({ ...base, origin: undefined, secFetchSite: 'none' })).toBe(true);
  });

  it.each([
    'http://localhost:8643',
    'https://localhost:8642',
    'http://127.0.0.1:8642',
    'http://evil.example',
    'null',
    '',
  ])('is not %s', (origin) => expect(isOwnOrigin({ ...base, origin })).toBe(false));

  it.each(['cross-site', 'same-site'])('is not a page of which the browser says %s', (secFetchSite) => {
    expect(isOwnOrigin({ ...base, origin: undefined, secFetchSite })).toBe(false);
  });
});

it('the policy names no foreign source and no inline code', () => {
  expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|https?:|\*/);
});
