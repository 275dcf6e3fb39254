import { describe, expect, it } from 'vitest';
import { StreamLanes } from '../../renderer/stream-lanes.ts';

/** Which of the named streams are open, in the order in which they were opened. */
function watched(limit: number) {
  const lanes = new StreamLanes(limit);
  const open: string[] = [];
  let most = 0;
  return {
    open,
    most: () => most,
    lanes,
    add: (name: string, first = false) =>
      lanes.add(
        {
          open: () => {
            open.push(name);
            most = Math.max(most, open.length);
          },
          pause: () => {
            open.splice(open.indexOf(name), 1);
          },
        },
        { first },
      ),
  };
}

describe('the streams of a page', () => {
  it('are never open more than the limit allows, not even for a moment', () => {
    const page = watched(2);
    page.add('jobs', true);
    page.add('changes');
    const leave = ['a', 'b', 'c'].map((name) => page.add(name));
    leave.forEach((go) => go());
    expect(page.most()).toBe(2);
  });

  it('give way to the newest, but for the one that must not wait', () => {
    const page = watched(2);
    page.add('changes');
    page.add('jobs', true);
    page.add('run');
    expect([...page.open].sort()).toEqual(['jobs', 'run']);
  });

  it('are taken up again when the newer one has ended', () => {
    const page = watched(2);
    page.add('jobs', true);
    page.add('changes');
    const leave = page.add('run');
    leave();
    leave();
    expect([...page.open].sort()).toEqual(['changes', 'jobs']);
  });

  it('rest while nobody looks, and go on afterwards', () => {
    const page = watched(2);
    page.add('jobs', true);
    page.lanes.pauseAll(true);
    page.add('changes');
    expect(page.open).toEqual([]);
    page.lanes.pauseAll(false);
    expect([...page.open].sort()).toEqual(['changes', 'jobs']);
  });
});
