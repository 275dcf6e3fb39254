import { describe, expect, it } from 'vitest';
import type { ProjectClient } from '../../electron/common/contract.ts';
import { Trial } from '../../renderer/models/trial.svelte.ts';

/** A client of a project that gives another picture each time; what is predicted comes when it is told to, by name. */
function slowClient(names: readonly string[]) {
  const answers = new Map<string, () => void>();
  let given = 0;
  const client = {
    call: (method: string, { imageIds: [id] = [] }: { readonly imageIds?: readonly number[] }) => {
      if (method === 'images.list') {
        // Asked for the number of pictures first, then for one.
        const id = Math.floor(given++ / 2);
        return Promise.resolve({ total: 1, items: [{ id, fileName: names[id]!, content: '' }] });
      }
      const image = names[id!]!;
      const prediction = { image, width: 1, height: 1, imageClass: [], boxes: [] };
      return new Promise((resolve) => {
        answers.set(image, () => resolve({ predictions: [{ imageId: id, prediction }] }));
      });
    },
    imageUrl: (id: number) => `image/${id}`,
  } as unknown as ProjectClient;
  return { client, answers };
}

describe('a model that is tried on one picture after another', () => {
  it('names the newest while it predicts, and shows no other, in whichever order answers come', async () => {
    const { client, answers } = slowClient(['old.png', 'new.png']);
    const trial = new Trial(client, 'r0001');
    const older = trial.fromProject();
    await expect.poll(() => trial.predicting).toBe('old.png');
    const newer = trial.fromProject();
    await expect.poll(() => trial.predicting).toBe('new.png');
    answers.get('old.png')!();
    await older;
    expect([trial.tried, trial.busy, trial.predicting]).toEqual([null, true, 'new.png']);
    answers.get('new.png')!();
    await newer;
    expect(trial.tried?.name).toBe('new.png');
    expect([trial.busy, trial.predicting]).toEqual([false, null]);
  });

  it('names a file that is dropped at once', () => {
    const trial = new Trial(slowClient([]).client, 'r0001');
    void trial.file(new File(['x'], 'dropped.png'));
    expect([trial.busy, trial.predicting]).toEqual([true, 'dropped.png']);
  });
});
