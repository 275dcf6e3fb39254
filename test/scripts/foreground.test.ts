import path from 'node:path';
import { describe, expect, it } from 'vitest';

const scripts = new URL('../../scripts/setup/', import.meta.url);
const { callersFolder, programEnvironment } = (await import(new URL('foreground.mjs', scripts).href)) as {
  callersFolder: (environment: NodeJS.ProcessEnv, cwd: string) => string;
  programEnvironment: (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
};
const { hasDisplay } = (await import(new URL('electron.mjs', scripts).href)) as {
  hasDisplay: (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform) => boolean;
};
const { findChromium } = (await import(new URL('chromium.mjs', scripts).href)) as {
  findChromium: (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform) => string | null;
};
const { downloadProgress, duration } = (await import(new URL('terminal.mjs', scripts).href)) as {
  downloadProgress: (bytes: number, total: number, milliseconds: number) => string;
  duration: (milliseconds: number) => string;
};
const root = path.resolve(import.meta.dirname, '..', '..');

describe("the caller's folder", () => {
  it('is where npm was called, when npm runs the script in the checkout', () => {
    expect(callersFolder({ npm_lifecycle_event: 'twinhead', INIT_CWD: '/data' }, root)).toBe('/data');
  });

  it('is the current one where the script is run elsewhere or without npm', () => {
    expect(callersFolder({ npm_lifecycle_event: 'test', INIT_CWD: root }, '/tmp')).toBe('/tmp');
    expect(callersFolder({ INIT_CWD: '/data' }, root)).toBe(root);
  });
});

describe('the environment of a program', () => {
  it('has two heaps for all threads, unless the person wants another number', () => {
    expect(programEnvironment({})).toMatchObject({ MALLOC_ARENA_MAX: '2' });
    expect(programEnvironment({ MALLOC_ARENA_MAX: '8' })).toMatchObject({ MALLOC_ARENA_MAX: '8' });
  });

  it('finds the pinned Node first, then what the person has', () => {
    const folders = (programEnvironment({ PATH: '/own' })['PATH'] ?? '').split(path.delimiter);
    expect(folders[0]).toContain(path.join('node_modules', 'node'));
    expect(folders.at(-1)).toBe('/own');
  });
});

describe('what a machine has', () => {
  it('is a display on macOS and Windows, on Linux under X or Wayland', () => {
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  });

  it('is the Chromium that is named, or none', () => {
    expect(findChromium({ TWINHEAD_CHROMIUM: process.execPath }, 'linux')).toBe(process.execPath);
    expect(findChromium({ TWINHEAD_CHROMIUM: '/not/there', PATH: process.env['PATH'] }, 'linux')).toBeNull();
    expect(findChromium({ PATH: '/not/there' }, 'linux')).toBeNull();
  });
});

describe('progress', () => {
  it('says megabytes, share and rate', () => {
    expect(downloadProgress(120e6, 274e6, 4000)).toBe('120 of 274 MB, 43 %, 30.0 MB/s');
    expect(downloadProgress(5e6, 0, 1000)).toBe('5.0 MB, 5.0 MB/s');
  });

  it('says times as people do', () => {
    expect([90, 12_300, 185_000].map(duration)).toEqual(['0.1 s', '12 s', '3 min 5 s']);
  });
});
