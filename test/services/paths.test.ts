import os from 'node:os';
import { expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { archiveOfSystem, pathOfSystem } from '../../electron/services/base/paths.ts';

it('a path that is not whole is refused with an example of what is wanted', () => {
  const remedy = (work: () => string): string => {
    try {
      return work();
    } catch (error) {
      return inEnglish((error as { details: { remedy: Said } }).details.remedy);
    }
  };
  expect(remedy(() => pathOfSystem('photos'))).toContain(
    `such as ${os.homedir()}/photos, or choose a folder.`,
  );
  expect(remedy(() => archiveOfSystem('a.zip'))).toContain(
    `such as ${os.homedir()}/cells.zip, or choose a file.`,
  );
});
