import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WindowPages } from '../../electron/main/window-pages.ts';

class Contents extends EventEmitter {
  gone = false;
  isDestroyed = (): boolean => this.gone;
  close(): void {
    this.gone = true;
    this.emit('destroyed');
  }
}

function followed() {
  const closed: unknown[] = [];
  const pages = new WindowPages({
    call: async (scope, name, input) => {
      closed.push([scope, name, input]);
      return { ok: true, value: {} };
    },
    subscribe: () => expect.unreachable(),
  });
  const open = (contents: Contents, page: string | null, id: string) =>
    pages.follow(
      contents,
      { scope: null, name: 'project.open', input: { path: '/', page } },
      { ok: true, value: { id } },
    );
  return { closed, pages, open };
}

describe('a window that is closed', () => {
  it('lets go what its pages show, and nothing of other windows', () => {
    const { closed, pages, open } = followed();
    const [one, other] = [new Contents(), new Contents()];
    open(one, 'a', 'cells');
    open(one, 'a', 'parts');
    open(one, null, 'own');
    open(other, 'b', 'cells');
    const sample = { scope: null, name: 'project.sample', input: { page: 'c' } };
    pages.follow(one, sample, { ok: true, value: { jobId: 'j', projectId: 'sample' } });
    one.close();
    expect(closed).toEqual([
      ['parts', 'project.close', { page: 'a' }],
      ['sample', 'project.close', { page: 'c' }],
    ]);
  });

  it('before its project was open lets it go then', () => {
    const { closed, open } = followed();
    const contents = new Contents();
    contents.close();
    open(contents, 'a', 'cells');
    expect(closed).toEqual([['cells', 'project.close', { page: 'a' }]]);
  });
});
