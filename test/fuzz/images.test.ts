import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, probe } from '../../electron/images/index.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { bitmap, picture, useTemporaryFolder } from '../images/support.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

const folder = useTemporaryFolder();

const MAKERS = {
  jpeg: () => picture(24, 18).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  png: () => picture(24, 18).png().toBuffer(),
  webp: () => picture(24, 18).webp().toBuffer(),
  tiff: () => picture(24, 18).tiff().toBuffer(),
  gif: () => picture(24, 18).gif().toBuffer(),
  avif: () => picture(24, 18).avif({ effort: 0 }).toBuffer(),
  bmp: async () => bitmap(24, 18),
};

describe('damaged pictures', () => {
  it.each(Object.keys(MAKERS) as (keyof typeof MAKERS)[])(
    '%s with random damage is an outcome or pixels',
    async (format) => {
      const whole = await MAKERS[format]();
      const file = join(folder.path, `${format}.img`);
      const damage = fc.record({
        keep: fc.double({ min: 0, max: 1.3, noNaN: true }),
        changes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ keep, changes }) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          await writeFile(file, bytes.subarray(0, Math.ceil(keep * bytes.length)));
          const outcome = await probe(file);
          if (!outcome.ok)
            expect(inEnglish(outcome.reason).length * inEnglish(outcome.remedy).length).toBeGreaterThan(0);
          // Damage may make a picture huge and still valid; only those of a reasonable size are decoded here.
          if (outcome.ok && outcome.image.width * outcome.image.height > 1e6) return;
          try {
            const image = await decode(file);
            expect(image.pixels.length).toBe(image.width * image.height * 3);
            if (outcome.ok)
              expect([image.width, image.height]).toEqual([outcome.image.width, outcome.image.height]);
          } catch (error) {
            expect(error).toBeInstanceOf(TwinheadError);
            expect((error as TwinheadError).code).toBe('unusable-input');
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
