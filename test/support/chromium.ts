import { existsSync } from 'node:fs';

/** Debian's; elsewhere `TWINHEAD_CHROMIUM` says which, or Playwright's own is used. */
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** How the browser of tests and benchmarks is started. */
export function chromiumOptions(): { executablePath?: string; args: string[] } {
  const chromium =
    process.env['TWINHEAD_CHROMIUM'] ?? (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined);
  return {
    ...(chromium === undefined ? {} : { executablePath: chromium }),
    // Without these Chromium itself looks for its maker's hosts; as root it needs its sandbox off.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}
