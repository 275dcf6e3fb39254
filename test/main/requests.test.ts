import { describe, expect, it } from 'vitest';
import {
  APP_ORIGIN,
  isOwnAddress,
  isOwnFrame,
  isOwnPage,
  MAX_MESSAGE_SIZE,
  pageOf,
  readCallMessage,
  launchArguments,
  readLaunchArguments,
  relaunchOptions,
  whatShows,
} from '../../electron/main/requests.ts';

describe('a message', () => {
  it('is heard from our page in the main frame only', () => {
    expect(isOwnFrame({ isMainFrame: true, origin: APP_ORIGIN })).toBe(true);
    expect(isOwnFrame({ isMainFrame: false, origin: APP_ORIGIN })).toBe(false);
    expect(isOwnFrame(null)).toBe(false);
    for (const origin of [
      'app://other',
      'app://twinhead.evil',
      'https://twinhead',
      'null',
      '',
      'file://',
      'app://twinhead/',
    ]) {
      expect(isOwnFrame({ isMainFrame: true, origin })).toBe(false);
    }
  });

  it('names a call of the contract', () => {
    expect(readCallMessage({ scope: null, name: 'jobs.list', input: {} })).toEqual({
      scope: null,
      name: 'jobs.list',
      input: {},
    });
    for (const message of [
      null,
      'jobs.list',
      { scope: null, name: 'jobs.list' },
      { name: 'jobs.list', input: {} },
      { scope: 5, name: 'jobs.list', input: {} },
      { scope: 'x'.repeat(1000), name: 'jobs.list', input: {} },
      { scope: null, name: 5, input: {} },
      { scope: null, name: 'constructor', input: {} },
      { scope: null, name: '__proto__', input: {} },
      { scope: null, name: 'jobs.lists', input: {} },
    ]) {
      expect(readCallMessage(message)).toBeNull();
    }
  });

  it('has a largest size, wherever the size is', () => {
    const fits = (input: unknown): boolean =>
      readCallMessage({ scope: null, name: 'jobs.list', input }) !== null;
    expect(fits({ text: 'a'.repeat(1000), list: Array(1000).fill(1) })).toBe(true);
    expect(fits({ text: 'a'.repeat(MAX_MESSAGE_SIZE) })).toBe(false);
    expect(fits({ ['a'.repeat(MAX_MESSAGE_SIZE)]: 1 })).toBe(false);
    expect(fits(new Uint8Array(MAX_MESSAGE_SIZE + 1))).toBe(false);
    expect(fits({ a: { b: new ArrayBuffer(MAX_MESSAGE_SIZE + 1) } })).toBe(false);
    expect(fits(Array(MAX_MESSAGE_SIZE / 8).fill(null))).toBe(false);
  });

  it('that goes round in circles, or shares its branches without end, is refused', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    let tree: unknown = {};
    for (let depth = 0; depth < 30; depth += 1) tree = [tree, tree];
    for (const input of [circle, tree])
      expect(readCallMessage({ scope: null, name: 'jobs.list', input })).toBeNull();
  });

  it('of ten thousand edits is let through', () => {
    const box = { x: 1.5, y: 2.5, width: 3.5, height: 4.5, classId: 1, attributes: { truncated: true } };
    const operations = Array.from({ length: 10_000 }, () => ({ type: 'add-box', box: { ...box } }));
    expect(
      readCallMessage({ scope: 'p', name: 'annotations.edit', input: { imageId: 1, operations } }),
    ).not.toBeNull();
  });
});

describe('a window', () => {
  const project = { id: 'a1', folder: '/data/my cells.twinhead' };
  const shows = (address: string) => whatShows(address, project);

  it('is found again by the project that its page shows, or is about to', () => {
    expect(shows('app://twinhead/?project=a1#/train')).toBe('it');
    expect(shows(pageOf(project.folder))).toBe('it');
    expect(shows('app://twinhead/?project=b2#/train')).toBe('another');
    expect(shows(pageOf('/data/other.twinhead'))).toBe('another');
    expect(shows('')).toBe('another');
  });

  it('without a project is free for one', () => {
    expect([shows(pageOf(null)), shows('app://twinhead/?project=#/label')]).toEqual(['none', 'none']);
  });
});

it('only our own addresses are loaded, and what the page made itself', () => {
  for (const address of [
    'app://twinhead/',
    'app://twinhead/image/5?size=256',
    'blob:app://twinhead/1-2',
    'data:image/png,',
  ]) {
    expect(isOwnAddress(address)).toBe(true);
  }
  for (const address of [
    'https://example.org/',
    'http://127.0.0.1:8642/',
    'file:///etc/passwd',
    'app://twinhead.evil/',
    'app://other/',
    'blob:https://example.org/1',
    'ws://example.org/',
    'javascript:alert(1)',
  ]) {
    expect(isOwnAddress(address)).toBe(false);
  }
});

it('a window goes to pages of its own only, also where the page may load more', () => {
  expect(isOwnPage('app://twinhead/#/label')).toBe(true);
  for (const address of [
    'data:text/html,<script>1</script>',
    'devtools://devtools/bundled/inspector.html',
    'blob:app://twinhead/1',
    'app://twinhead.evil/',
    'about:blank',
    'https://example.org/',
  ])
    expect(isOwnPage(address)).toBe(false);
});

describe('what the app was started with', () => {
  const names = ['status', 'train'];
  const packaged = (...args: string[]) =>
    readLaunchArguments(['/opt/Twinhead/twinhead', ...args], true, names);

  it('is a window, a project, or a command', () => {
    expect(packaged()).toEqual({ command: null, project: null });
    expect(packaged('cells.twinhead')).toEqual({ command: null, project: 'cells.twinhead' });
    expect(packaged('status', 'cells', '--json')).toEqual({
      command: ['status', 'cells', '--json'],
      project: null,
    });
    expect(packaged('--help')).toEqual({ command: ['--help'], project: null });
  });

  it('is read behind the switches of Chromium, and behind the folder of an unpackaged app', () => {
    expect(packaged('--no-sandbox', 'train', 'cells').command).toEqual(['train', 'cells']);
    expect(readLaunchArguments(['electron', '.', 'status', 'cells'], false, names).command).toEqual([
      'status',
      'cells',
    ]);
    expect(readLaunchArguments(['electron', '.'], false, names)).toEqual({ command: null, project: null });
  });
});

describe('a start while the app closes', () => {
  it('is made up for with the project it named, packaged or not', () => {
    for (const [argv, packaged] of [
      [['/opt/Twinhead/twinhead', 'first.twinhead'], true],
      [['electron', '.', 'first.twinhead'], false],
    ] as const)
      for (const project of ['/a/second.twinhead', null]) {
        const args = launchArguments(project, argv, packaged);
        expect(readLaunchArguments([argv[0], ...args], packaged, ['train'])).toEqual({
          command: null,
          project,
        });
      }
  });

  it('starts the AppImage itself, not what it has unpacked', () => {
    expect(relaunchOptions(['p'], { APPIMAGE: '/a/T.AppImage' })).toEqual({
      args: ['p'],
      execPath: '/a/T.AppImage',
    });
    expect(relaunchOptions([], {})).toEqual({ args: [] });
  });
});
