import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ended, Workplace, written } from '../support/command.ts';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => {
  vi.unstubAllEnvs();
  place.remove();
});

it.skipIf(process.platform !== 'linux')(
  'the browser is given a private file whose code works once, and nothing secret in its arguments',
  async () => {
    const told = place.path('arguments');
    mkdirSync(place.path('bin'));
    writeFileSync(
      place.path('bin', 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$*" > '${told}.new'\nmv '${told}.new' '${told}'\n`,
    );
    chmodSync(place.path('bin', 'xdg-open'), 0o755);
    vi.stubEnv('DISPLAY', ':9');
    vi.stubEnv('PATH', `${place.path('bin')}${path.delimiter}${process.env['PATH'] ?? ''}`);
    const server = place.start('serve', '--port', '0');
    const [printed] = /http:\S+/.exec(await written(server, 'Ctrl-C ends it'))!;
    const file = await vi.waitFor(() => readFileSync(told, 'utf8'), { timeout: 20_000, interval: 50 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [, address, code] = /url=(http:[^#"]+)#code=([^"]+)"/.exec(readFileSync(file, 'utf8'))!;
    expect(printed.split('#')[0]).toBe(address);
    expect(printed).not.toContain(code);
    const enter = async (): Promise<number> =>
      (
        await fetch(`${address!}api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code }),
        })
      ).status;
    expect([await enter(), await enter()]).toEqual([200, 401]);
    server.kill('SIGINT');
    expect(await ended(server)).toBe(0);
  },
);
