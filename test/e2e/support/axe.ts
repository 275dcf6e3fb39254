import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe calls moderate or minor, and is still in the way of a screen reader. */
const ALSO = [
  'heading-order',
  'empty-table-header',
  'landmark-no-duplicate-banner',
  'landmark-no-duplicate-contentinfo',
];

/** What axe finds that keeps people from using the page, or the part of it under a selector. */
export async function barriers(page: Page, part?: string): Promise<string[]> {
  // Legacy mode: no frames here, so axe need not open a page of its own for each look.
  const axe = new AxeBuilder({ page })
    .setLegacyMode(true)
    // Experimental: what a button is called has to begin with what is written on it; every cell has a header.
    .options({
      rules: { 'label-content-name-mismatch': { enabled: true }, 'td-has-header': { enabled: true } },
    });
  const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
  return violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || ALSO.includes(id))
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${String(target)})`));
}
