import { describe, expect, it } from 'vitest';
import { Feed } from '../../electron/services/base/feed.ts';

async function take<Event>(feed: Feed<Event>, count: number, after = 0): Promise<Event[]> {
  const controller = new AbortController();
  const events: Event[] = [];
  for await (const { event } of feed.read({ after, signal: controller.signal })) {
    events.push(event);
    if (events.length === count) controller.abort();
  }
  return events;
}

describe('Feed', () => {
  it('gives a reader what came before and what comes later, in order', async () => {
    const feed = new Feed<number>();
    feed.push(1);
    feed.push(2);
    const reading = take(feed, 4);
    await Promise.resolve();
    feed.push(3);
    feed.push(4);
    expect(await reading).toEqual([1, 2, 3, 4]);
  });

  it('goes on after the last number that a reader has seen', async () => {
    const feed = new Feed<string>();
    for (const event of ['a', 'b', 'c']) feed.push(event);
    expect(await take(feed, 1, 2)).toEqual(['c']);
  });

  it('starts at the oldest kept event where the reader is too late', async () => {
    const feed = new Feed<number>(3);
    for (let event = 1; event <= 7; event += 1) feed.push(event);
    const events = await take(feed, 3, 1);
    expect(events).toEqual([5, 6, 7]);
  });

  it('starts anew for a reader whose number is from another life of the server', async () => {
    const feed = new Feed<number>();
    feed.push(1);
    expect(await take(feed, 1, 99)).toEqual([1]);
  });

  it('ends every reader when it is closed, after the last event', async () => {
    const feed = new Feed<number>();
    const reading = (async () => {
      const events: number[] = [];
      for await (const { event } of feed.read({ after: 0, signal: new AbortController().signal }))
        events.push(event);
      return events;
    })();
    feed.push(1);
    feed.close();
    expect(await reading).toEqual([1]);
  });
});
