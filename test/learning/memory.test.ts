import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { withSmallerBatches } from '../../electron/learning/base/memory.ts';

async function tried(batch: number, fits: number, message: string) {
  const sizes: [number, boolean][] = [];
  const said: string[] = [];
  const result = await withSmallerBatches(
    batch,
    async (size, again) => {
      sizes.push([size, again]);
      await Promise.resolve();
      if (size > fits) throw new Error(message);
      return `done with ${size}`;
    },
    (sentence) => said.push(inEnglish(sentence)),
  ).catch((error: unknown) => error);
  return { sizes, said, result };
}

describe('where memory runs out', () => {
  it.each([
    'OOM when allocating tensor with shape[32,160,160,96]',
    'RESOURCE_EXHAUSTED: failed to allocate memory',
    'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
    'std::bad_alloc',
    'Array buffer allocation failed',
  ])('batches are halved until they fit, and people are told: %s', async (message) => {
    const { sizes, said, result } = await tried(32, 9, message);
    expect(result).toBe('done with 8');
    expect(sizes).toEqual([
      [32, false],
      [16, true],
      [8, true],
    ]);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('batch size 16');
  });

  it('one image that does not fit is an error', async () => {
    const { sizes, result } = await tried(3, 0, 'out of memory');
    expect(sizes.map(([size]) => size)).toEqual([3, 1]);
    expect((result as Error).message).toBe('out of memory');
  });

  it('other errors end the training at once', async () => {
    const nan = new TwinheadError('training-failed', 'The loss became NaN.', { remedy: '-' });
    const sizes: number[] = [];
    const attempt = withSmallerBatches(
      8,
      (size) => {
        sizes.push(size);
        return Promise.reject(nan);
      },
      () => undefined,
    );
    await expect(attempt).rejects.toBe(nan);
    expect(sizes).toEqual([8]);
  });
});
