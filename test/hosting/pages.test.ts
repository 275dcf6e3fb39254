import { describe, expect, it } from 'vitest';
import { say } from '../../electron/common/sentences/sentence.ts';
import { languageOf, page } from '../../electron/hosting/pages.ts';

describe('a page that is there before the interface', () => {
  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['fr, zh-TW;q=0.5', 'zh-CN'],
    ['en-GB,en;q=0.7,zh;q=0.3', 'en'],
    ['*', 'en'],
    [undefined, 'en'],
  ])('is in the language that a browser asks for: %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('says in Chinese what it says in English', async () => {
    const text = await page(401, 'zh-CN', say('web.notSignedIn'), say('web.session')).text();
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain('<h1>未登录</h1><p>无法识别此会话');
  });
});
