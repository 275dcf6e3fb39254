import { describe, expect, it } from 'vitest';
import { Resources } from '../../../electron/services/work/resources.ts';
import { inEnglish } from '../../../electron/common/sentences/english.ts';
import type { Said } from '../../../electron/common/sentences/sentence.ts';

const nobodyWaits = (holder: Said): never => {
  throw new Error(`waits for ${inEnglish(holder)}`);
};

function waiting(resources: Resources, who: string) {
  const controller = new AbortController();
  const heard: string[] = [];
  const options = { signal: controller.signal, onWait: (holder: Said) => heard.push(inEnglish(holder)) };
  return { held: resources.wait('engine', who, options), heard, cancel: () => controller.abort() };
}

describe('resources', () => {
  it('are held by one at a time, in the order of asking; those who wait are told for whom', async () => {
    const resources = new Resources();
    const options = { signal: new AbortController().signal, onWait: nobodyWaits };
    const first = await resources.wait('engine', 'Train a', options);
    using other = await resources.wait('pixels', 'Evaluate b', options);
    const second = waiting(resources, 'Evaluate b');
    const third = waiting(resources, 'Export c');
    expect([second.heard, third.heard]).toEqual([['Train a'], ['Train a']]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(resources.holder('engine')).toBe('Evaluate b');
    (await second.held)[Symbol.dispose]();
    expect(resources.holder('engine')).toBe('Export c');
    (await third.held)[Symbol.dispose]();
    expect(resources.holder('engine')).toBeNull();
    expect(resources.holder('pixels')).toBe('Evaluate b');
    other[Symbol.dispose]();
  });

  it('are refused in words to those who do not wait', () => {
    const resources = new Resources();
    using held = resources.take('training', 'The training of “first”');
    expect(() => resources.take('training', 'another')).toThrow(
      expect.objectContaining({
        code: 'not-allowed',
        message: 'The training of “first” is under way.',
        details: { remedy: { key: 'jobs.underWay.remedy' } },
      }),
    );
    held[Symbol.dispose]();
    resources.take('training', 'another')[Symbol.dispose]();
  });

  it('are not kept by somebody who no longer waits', async () => {
    const resources = new Resources();
    const first = resources.take('engine', 'Train a');
    const second = waiting(resources, 'Evaluate b');
    const third = waiting(resources, 'Export c');
    second.cancel();
    await expect(second.held).rejects.toMatchObject({ code: 'cancelled' });
    first[Symbol.dispose]();
    expect(resources.holder('engine')).toBe('Export c');
    // Granted and cancelled at once: whichever comes first, nobody holds it for ever.
    third.cancel();
    await third.held.then(
      (held) => held[Symbol.dispose](),
      () => undefined,
    );
    expect(resources.holder('engine')).toBeNull();
    const aborted = waiting(resources, 'Evaluate d');
    (await aborted.held)[Symbol.dispose]();
  });
});
