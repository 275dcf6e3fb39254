import { describe, expect, it } from 'vitest';
import { Resources } from '../../../electron/services/work/resources.ts';
import { inEnglish } from '../../../electron/common/sentences/english.ts';
import type { Said } from '../../../electron/common/sentences/sentence.ts';

const by = (title: string, project = 'cells') => ({ title, project });

const nobodyWaits = (holder: Said): never => {
  throw new Error(`waits for ${inEnglish(holder)}`);
};

function waiting(resources: Resources, title: string, project?: string) {
  const controller = new AbortController();
  const heard: string[] = [];
  const options = { signal: controller.signal, onWait: (holder: Said) => heard.push(inEnglish(holder)) };
  return {
    held: resources.wait('engine', by(title, project), options),
    heard,
    cancel: () => controller.abort(),
  };
}

describe('resources', () => {
  it('are held by one at a time, in the order of asking; those who wait are told for whom', async () => {
    const resources = new Resources();
    const options = { signal: new AbortController().signal, onWait: nobodyWaits };
    const first = await resources.wait('engine', by('Train a'), options);
    using other = await resources.wait('pixels', by('Evaluate b'), options);
    const second = waiting(resources, 'Evaluate b');
    const third = waiting(resources, 'Export c');
    expect([second.heard, third.heard]).toEqual([['Train a'], ['Train a']]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(resources.holder('engine', by(''))).toBe('Evaluate b');
    (await second.held)[Symbol.dispose]();
    expect(resources.holder('engine', by(''))).toBe('Export c');
    (await third.held)[Symbol.dispose]();
    expect(resources.holder('engine', by(''))).toBeNull();
    expect(resources.holder('pixels', by(''))).toBe('Evaluate b');
    other[Symbol.dispose]();
  });

  it('are refused in words to those who do not wait', () => {
    const resources = new Resources();
    using held = resources.take('training', by('The training of “first”'));
    expect(() => resources.take('training', by('another'))).toThrow(
      expect.objectContaining({
        code: 'not-allowed',
        message: 'The training of “first” is in progress.',
        details: { remedy: { key: 'jobs.underWay.remedy' } },
      }),
    );
    held[Symbol.dispose]();
    resources.take('training', by('another'))[Symbol.dispose]();
  });

  it('that somebody of another project has are named with it', async () => {
    const resources = new Resources();
    using held = resources.take('engine', by('“Evaluate a”', 'parts'));
    const here = waiting(resources, '“Evaluate b”', 'cells');
    expect(here.heard).toEqual(['“Evaluate a” in the project “parts”']);
    expect(() => resources.take('engine', { title: 'x', project: null })).toThrow(
      '“Evaluate a” in the project “parts” is in progress.',
    );
    held[Symbol.dispose]();
    expect(resources.isFree('engine')).toBe(false);
    (await here.held)[Symbol.dispose]();
    expect(resources.isFree('engine')).toBe(true);
  });

  it('are not kept by somebody who no longer waits', async () => {
    const resources = new Resources();
    const first = resources.take('engine', by('Train a'));
    const second = waiting(resources, 'Evaluate b');
    const third = waiting(resources, 'Export c');
    second.cancel();
    await expect(second.held).rejects.toMatchObject({ code: 'cancelled' });
    first[Symbol.dispose]();
    expect(resources.holder('engine', by(''))).toBe('Export c');
    // Granted and cancelled at once: whichever comes first, nobody holds it for ever.
    third.cancel();
    await third.held.then(
      (held) => held[Symbol.dispose](),
      () => undefined,
    );
    expect(resources.holder('engine', by(''))).toBeNull();
    const aborted = waiting(resources, 'Evaluate d');
    (await aborted.held)[Symbol.dispose]();
  });
});
