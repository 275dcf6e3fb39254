import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { root } from './support/command.ts';
import { expect, test } from './support/test.ts';

const TABS = ['label', 'dataset', 'train', 'evaluate', 'models'] as const;

async function go(page: Page, tab: (typeof TABS)[number]): Promise<void> {
  await page.locator(`nav a[href="#/${tab}"]`).click();
  await expect(page.locator('main')).toBeVisible();
}

/** Names of messages, such as `train.start`, that show through where a text should be. */
function messageKeys(): string[] {
  const source = readFileSync(
    path.join(root, 'electron', 'common', 'sentences', 'en', 'interface.ts'),
    'utf8',
  );
  const keys = [...source.matchAll(/^ {2}'([\w.]+)':/gm)].map((match) => match[1] ?? '');
  expect(keys.length).toBeGreaterThan(500);
  return keys;
}

/** Runs of four English words and more, where the lines are Chinese; names, paths and numbers make none. */
function englishIn(text: string): string[] {
  return text.split('\n').flatMap((line) => line.match(/[A-Za-z’]{2,}(?:[ ,;:]+[A-Za-z’]{2,}){3,}/g) ?? []);
}

test.describe('on a system in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('the interface is Chinese on every page, and English at a click', async ({ app }) => {
    await expect(app.locator('html')).toHaveAttribute('lang', 'zh-CN');
    for (const [tab, title] of [
      ['label', '标注'],
      ['dataset', '数据集'],
      ['train', '训练'],
      ['evaluate', '评估'],
      ['models', '模型'],
    ] as const) {
      await go(app, tab);
      await expect(app.getByRole('main', { name: title })).toBeVisible();
    }
    await app.getByRole('button', { name: '切换语言：English' }).click();
    await expect(app.locator('html')).toHaveAttribute('lang', 'en');
    await expect(app.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
    await app.reload();
    await expect(app.locator('html')).toHaveAttribute('lang', 'en');
  });

  test('what the services say is Chinese: proposal, settings, a job, the end of a run, the doctor', async ({
    app,
  }) => {
    test.setTimeout(120_000);
    await go(app, 'train');
    await expect(app.getByText(/^用 48 张图像训练 \d+ 轮，学习图像类别和框/)).toBeVisible();
    await app.getByRole('button', { name: '为何如此设置' }).click();
    await expect(app.getByText(/未使用镜像/)).toBeVisible();
    await app.getByRole('button', { name: '训练设置' }).click();
    await expect(app.getByLabel('学习率', { exact: true })).toHaveAccessibleDescription(
      '预热之后的最大步长。',
    );
    expect(englishIn(await app.locator('main').innerText())).toEqual([]);

    await app.getByLabel('训练轮数', { exact: true }).fill('300');
    await app.getByLabel('训练任务名称').fill('甲');
    await app.getByRole('button', { name: '训练', exact: true }).click();
    const status = app.getByRole('contentinfo');
    await expect(status.getByText('训练“甲”')).toBeVisible();
    const run = app.getByRole('region', { name: '甲' });
    await expect(run.getByText(/^正在/)).toBeVisible();
    await run.getByRole('button', { name: '停止' }).click();
    await expect(run.getByText('已停止', { exact: true })).toBeVisible({ timeout: 60_000 });
    expect(englishIn(await app.locator('body').innerText())).toEqual([]);

    await app.keyboard.press('Control+,');
    await app.getByRole('button', { name: '检查安装' }).click();
    const doctor = app.getByRole('dialog', { name: '检查安装' });
    await expect(doctor.getByRole('row').nth(3)).toBeVisible();
    // The verdict comes first.
    await expect(doctor.getByText(/^(Twinhead 所需的部分全部正常|以下部分有问题)/)).toBeVisible();
    const told = await doctor.innerText();
    expect(englishIn(told)).toEqual([]);
    // Commands are shown as code.
    expect(told).not.toContain('`');
    await expect(doctor.locator('code').first()).toBeVisible();
  });

  test('what the services say is Chinese: problems of an import, a refused folder, the history', async ({
    app,
    server,
    folder,
  }) => {
    const picture = sharp({ create: { width: 32, height: 24, channels: 3, background: '#345' } });
    await picture.png().toFile(path.join(folder, 'a.png'));
    const table = path.join(folder, 'cells.csv');
    const head = 'filename,width,height,class,xmin,ymin,xmax,ymax';
    await writeFile(table, `${head}\na.png,32,24,cell,1,1,9,9\na.png,32,24,cell,?,1,9,9\n`);
    const dialog = app.getByRole('dialog');
    const command = async (words: string): Promise<void> => {
      await app.keyboard.press('Control+k');
      await dialog.getByRole('combobox').fill(words);
      await expect(dialog.getByRole('option').first()).toContainText(words);
      await app.keyboard.press('Enter');
    };

    await command('导入数据集');
    await dialog.getByRole('textbox', { name: '数据集' }).fill(table);
    await dialog.getByRole('button', { name: '先检查' }).click();
    await expect(dialog.getByRole('row').filter({ hasText: '第 3 行' })).toContainText(
      '此行的框没有四个数字。此项不导入。 请在来源中更正后重新导入。',
    );
    await dialog.getByRole('button', { name: '导入', exact: true }).click();
    await expect(dialog).toContainText('导入完成。');
    await dialog.getByRole('button', { name: '关闭' }).last().click();

    await command('撤销：导入');
    await expect(app.getByText(/已撤销：导入了 cells/)).toBeVisible();

    await command('添加文件夹');
    await dialog.getByRole('textbox', { name: '图像文件夹' }).fill(path.join(folder, 'nowhere'));
    await dialog.getByRole('button', { name: '添加图像' }).click();
    await expect(dialog).toContainText('文件夹不存在。');
    await expect(dialog).toContainText('请检查路径；可能有驱动器未连接。');
    await app.keyboard.press('Escape');

    await server.call('classes.create', { kind: 'object', name: 'nucleus' });
    await go(app, 'dataset');
    await expect(app.getByRole('region', { name: '项目历史' }).getByRole('listitem').first()).toContainText(
      '新建了类别“nucleus”',
    );
  });
});

for (const [language, locale] of [
  ['English', 'en-US'],
  ['Chinese', 'zh-CN'],
] as const) {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    test.describe(`in ${language} at ${width}×${height}`, () => {
      test.use({ locale, viewport: { width, height } });

      test('no page scrolls sideways, cuts a button’s text, or shows a message’s name', async ({ app }) => {
        const keys = messageKeys();
        for (const tab of TABS) {
          await go(app, tab);
          const text = await app.locator('body').innerText();
          expect(keys.filter((key) => key.includes('.') && text.includes(key))).toEqual([]);
          const cut = await app.evaluate<string[]>(
            `[document.documentElement, ...document.querySelectorAll('main, .page, header, footer, button, h1, h2, h3, dt, dd, nav a')]
              .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1 && getComputedStyle(node).display !== 'inline'
                && !node.matches('.truncate') && !node.querySelector('.truncate'))
              .map((node) => node.tagName + ' ' + node.innerText.slice(0, 40))`,
          );
          expect(cut, `cut on ${tab}`).toEqual([]);
        }
      });
    });
  }
}
