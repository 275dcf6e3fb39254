import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

/** What may be passed on with the product; LGPL for libraries that are linked dynamically, as packages of their own. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  '0BSD',
  'LGPL-3.0',
  'LGPL-3.0-or-later',
]);

it('every package of the product has a licence under which it may be passed on', () => {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = LockFile.parse(JSON.parse(text));
  const product = Object.entries(packages).filter(
    ([name, { dev, devOptional }]) => name !== '' && !dev && !devOptional,
  );
  const refused = product.flatMap(([name, { license = 'none' }]) =>
    license.split(/[()\s]+|AND|OR/).every((part) => part === '' || ALLOWED.has(part))
      ? []
      : `${name}: ${license}`,
  );
  expect(product.length).toBeGreaterThan(50);
  expect(refused).toEqual([]);
});
