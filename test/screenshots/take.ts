import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, expect } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import sharp from 'sharp';
import { buildInterface } from '../bench/fixtures/workbench.ts';
import { command, environmentOf, node } from '../e2e/support/command.ts';
import { Server } from '../e2e/support/server.ts';
import { chromiumOptions } from '../support/chromium.ts';

/** The picture of the Train page shows a run that has come this far. */
const EPOCHS_SHOWN = 14;

interface Look {
  readonly wide?: boolean;
  readonly light?: boolean;
  readonly locale?: 'en-US' | 'zh-CN';
}

const target = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** A project on a server of its own, looked at by pages of one browser. */
class Studio implements AsyncDisposable {
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async open(project: string, userFolder: string): Promise<Studio> {
    const server = await Server.start(project, userFolder);
    return new Studio(server, await chromium.launch(chromiumOptions()));
  }

  async page({ wide = false, light = false, locale = 'en-US' }: Look): Promise<Page> {
    const page = await this.#browser.newPage({
      viewport: wide ? { width: 1920, height: 1080 } : { width: 1280, height: 800 },
      colorScheme: light ? 'light' : 'dark',
      locale,
    });
    await page.goto(this.#server.url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
  }
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  const file = path.join(target, `${name}.webp`);
  await sharp(await page.screenshot())
    .webp({ quality: 84 })
    .toFile(file);
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
}

async function picturesShown(page: Page): Promise<void> {
  await expect(page.locator('aside img').first()).toBeVisible();
  const complete = `[...document.querySelectorAll('aside img')].every((one) => one.complete)`;
  await expect.poll(() => page.evaluate(complete)).toBe(true);
}

/** One box selected, by keys, so that handles, figures and attributes are seen. */
async function selectBox(page: Page): Promise<void> {
  await page.locator('[data-canvas]').focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
}

/** To where pixels are seen, around the corner of the first picture's white cell. */
async function zoomIn(page: Page): Promise<void> {
  const view = await page.locator('[data-canvas]').boundingBox();
  if (!view) throw new Error('the canvas is not shown');
  await page.mouse.move(view.x + 0.41 * view.width, view.y + 0.395 * view.height);
  for (let notch = 0; notch < 9; notch += 1) await page.mouse.wheel(0, -120);
}

async function labelPages(studio: Studio): Promise<void> {
  const looks: readonly (readonly [string, Look])[] = [
    ['label', {}],
    ['label-light', { light: true }],
    ['label-wide-dark', { wide: true }],
    ['label-wide-light', { wide: true, light: true }],
    ['label-zh', { locale: 'zh-CN' }],
  ];
  for (const [name, look] of looks) {
    const page = await studio.page(look);
    await picturesShown(page);
    await selectBox(page);
    await take(page, name);
    if (name === 'label') {
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await take(page, 'keys');
      await page.keyboard.press('Escape');
      await zoomIn(page);
      await take(page, 'pixels');
    }
    await page.close();
  }
}

async function learningPages(studio: Studio): Promise<void> {
  const page = await studio.page({});
  await page.getByRole('link', { name: 'Dataset' }).click();
  await expect(page.getByRole('heading', { name: 'Dataset' })).toBeVisible();
  await take(page, 'dataset');
  await page.getByRole('link', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const epoch = page.getByRole('term').filter({ hasText: 'Epoch' }).locator('..').getByRole('definition');
  await expect
    .poll(async () => Number((await epoch.innerText()).split('/')[0]), {
      timeout: 30 * 60_000,
      intervals: [500],
    })
    .toBeGreaterThanOrEqual(EPOCHS_SHOWN);
  await take(page, 'train');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('stopped', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Evaluate' }).click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^Where/ })).toBeVisible({ timeout: 120_000 });
  await take(page, 'evaluate');
}

const [bccd] = process.argv.slice(2);
if (bccd === undefined || !existsSync(path.join(bccd, 'Annotations'))) {
  process.stderr.write('Name the folder of the BCCD dataset: npm run screenshots -- PATH/TO/BCCD\n');
  process.exit(2);
}
buildInterface();
const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-screenshots-'));
const user = path.join(folder, 'user');
const twinhead = (...args: string[]): Buffer =>
  execFileSync(node, [command, ...args], {
    env: environmentOf(user),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
try {
  const cells = path.join(folder, 'cells.twinhead');
  twinhead('import', cells, bccd, '--split', 'from-source');
  {
    await using studio = await Studio.open(cells, user);
    await labelPages(studio);
  }
  const scenes = path.join(folder, 'scenes.twinhead');
  twinhead('sample', scenes, '--quiet');
  await using studio = await Studio.open(scenes, user);
  await learningPages(studio);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
