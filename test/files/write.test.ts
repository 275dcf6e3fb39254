import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toErrorReport } from '../../electron/common/errors.ts';
import { writeAtomically } from '../../electron/files/index.ts';

it.skipIf(!existsSync('/proc/self/fd'))('a folder that takes no files is said to be read-only', async () => {
  const error = await writeAtomically('/proc/report.html', 'text').catch((reason: unknown) => reason);
  expect(toErrorReport(error)).toMatchObject({ code: 'read-only' });
});
