import { describe, expect, it } from 'vitest';
import { words as en } from '../../electron/common/sentences/en/interface.ts';
import {
  formatBytes,
  formatDuration,
  formatMessage,
  formatSmall,
} from '../../electron/common/sentences/format.ts';
import { chooseLanguage, LANGUAGES, languages } from '../../electron/common/sentences/languages.ts';
import { words as zhCN } from '../../electron/common/sentences/zh-CN/interface.ts';
import type { MessageKey } from '../../renderer/i18n/types.ts';

const texts = (message: string | { one: string; other: string }): string[] =>
  typeof message === 'string' ? [message] : [message.one, message.other];
const places = (message: string | { one: string; other: string }): string[] =>
  [
    ...new Set(texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))),
  ].sort();

describe('messages', () => {
  const keys = Object.keys(en) as MessageKey[];

  it.each(LANGUAGES)(
    'say the same things in %s as in English, with the same parameters, none empty',
    (language) => {
      const words = languages[language].interface;
      expect(Object.keys(words).sort()).toEqual([...keys].sort());
      for (const key of keys) {
        expect([key, places(words[key])]).toEqual([key, places(en[key])]);
        for (const text of texts(words[key])) expect([key, text.trim()]).not.toEqual([key, '']);
      }
    },
  );

  it('are Chinese in Chinese, but for names', () => {
    // What only joins others has words in neither language.
    const wordless = /^(\{\w+\}|\P{L})*$/u;
    const latin = keys.filter(
      (key) => !texts(zhCN[key]).some((text) => /\p{Script=Han}/u.test(text) || wordless.test(text)),
    );
    expect(latin).toEqual(['actor.system']);
  });

  it('choose the plural and write numbers as the language does', () => {
    expect(formatMessage(en['filter.count'], 'en', { count: 1 })).toBe('1 image');
    expect(formatMessage(en['filter.count'], 'en', { count: 12_345 })).toBe('12,345 images');
    expect(formatMessage(zhCN['filter.count'], 'zh-CN', { count: 12_345 })).toBe('12,345 张图像');
  });

  it('set apart what is written from right to left, and leave everything else as it is', () => {
    expect(formatMessage(en['class.edit'], 'en', { name: 'תא' })).toBe('Edit \u2068תא\u2069');
    expect(formatMessage(en['class.edit'], 'en', { name: 'خلية 2' })).toBe('Edit \u2068خلية 2\u2069');
    expect(formatMessage(en['class.edit'], 'en', { name: '红细胞 {name} <b>' })).toBe(
      'Edit 红细胞 {name} <b>',
    );
  });

  it('show durations in two units at most', () => {
    expect(formatDuration('en', 59.6)).toBe('1 min');
    expect(formatDuration('en', 200)).toBe('3 min 20 sec');
    expect(formatDuration('en', 3600)).toBe('1 hr');
    expect(formatBytes('en', 1_500_000)).toBe('1.5 MB');
  });

  it('write small numbers in plain form, and with a power of ten what is too small for it', () => {
    expect(formatSmall('en', 0)).toBe('0');
    expect(formatSmall('en', 0.01)).toBe('0.01');
    expect(formatSmall('en', 4.82e-4)).toBe('0.00048');
    expect(formatSmall('zh-CN', 1e-5)).toBe('0.00001');
    expect(formatSmall('en', 4.77e-7)).toBe('4.8×10⁻⁷');
    expect(formatSmall('en', 1e-12)).toBe('1×10⁻¹²');
  });

  it('follow the system’s languages in their order', () => {
    expect(chooseLanguage(['fr-FR', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(chooseLanguage(['en-GB', 'zh'])).toBe('en');
    expect(chooseLanguage(['fr'])).toBe('en');
  });
});
