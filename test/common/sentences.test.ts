import { describe, expect, it } from 'vitest';
import { TwinheadError, toErrorReport } from '../../electron/common/errors.ts';
import { english } from '../../electron/common/sentences/en/catalogue.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import {
  isSentence,
  say,
  saySameBesidesNumbers,
  SaidSchema,
} from '../../electron/common/sentences/sentence.ts';
import type { SentenceKey } from '../../electron/common/sentences/sentence.ts';
import { readSaid, storedSaid } from '../../electron/common/sentences/stored.ts';
import type { Message } from '../../electron/common/sentences/types.ts';
import { LANGUAGES, languages } from '../../electron/common/sentences/languages.ts';
import type { Language } from '../../electron/common/sentences/languages.ts';

const texts = (message: Message): string[] =>
  typeof message === 'string' ? [message] : [message.one, message.other];
const places = (message: Message): string[] =>
  [
    ...new Set(texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))),
  ].sort();

describe('sentences of the services', () => {
  const keys = Object.keys(english) as SentenceKey[];

  it.each(LANGUAGES)(
    'are the same ones in %s as in English, with the same parameters, none empty',
    (language) => {
      const words = languages[language].services;
      expect(Object.keys(words).sort()).toEqual([...keys].sort());
      for (const key of keys) {
        expect([key, places(words[key])]).toEqual([key, places(english[key])]);
        for (const text of texts(words[key])) expect([key, text.trim()]).not.toEqual([key, '']);
      }
    },
  );

  it('are Chinese in Chinese', () => {
    // One that only joins its places has no word of its own.
    const isForeign = (text: string): boolean =>
      /\p{L}/u.test(text.replace(/\{\w+\}/g, '')) && !/\p{Script=Han}/u.test(text);
    expect(keys.filter((key) => texts(languages['zh-CN'].services[key]).some(isForeign))).toEqual([]);
  });

  it('fill their places as the language does, sentences inside sentences too', () => {
    const said = say('exchange.unreadable', { words: say('calls.deep', { levels: 12_000 }) });
    expect(inEnglish(said)).toBe('The file cannot be read: The input is nested deeper than 12,000 levels.');
    expect(sentenceText(said, 'zh-CN')).toBe('无法读取该文件：输入的嵌套超过 12,000 层。');
    const values = { list: ['a', { unit: 'bytes', value: 2e9 }, { unit: 'share', value: 0.125 }] } as const;
    expect(inEnglish(say('exchange.unreadable', { words: values }))).toBe(
      'The file cannot be read: a, 2 GB, and 12.5%',
    );
  });

  it('speak of one as of one', () => {
    const more = (count: number): string => inEnglish(say('exchange.more', { count }));
    expect(more(1)).toBe('There is 1 more problem like these.');
    expect(more(2)).toBe('There are 2 more problems like these.');
  });

  it('are kept in a column of texts, where those of older versions stay the texts that they are', () => {
    const said = say('training.ended.early', { count: 15, best: 3 });
    expect(readSaid(storedSaid(said))).toEqual(said);
    expect(inEnglish(said)).toBe('early stop: no better validation score for 15 epochs (best: epoch 3)');
    for (const text of ['stopped by you', '', '{"key":', '{"key":3}', '{"key":"a","more":1}'])
      expect([readSaid(text), readSaid(storedSaid(text))]).toEqual([text, text]);
  });

  it('stand one after another, and are the same but for their numbers', () => {
    const sentences = [say('training.noLabels'), say('training.noLabels.remedy')];
    const said = say('settings.network', { networks: { sentences } });
    expect(inEnglish(said)).toContain('No image has a label. Give images');
    expect(sentenceText(said, 'zh-CN')).toContain('有标注。请为');
    const decoding = (done: number) => say('jobs.doing.decoding', { done, total: 9 });
    expect(saySameBesidesNumbers(decoding(1), decoding(2))).toBe(true);
    expect(saySameBesidesNumbers(decoding(1), say('jobs.doing.writing'))).toBe(false);
  });

  it('cross a border as data; one that a newer version wrote is shown by its key, a text as it is', () => {
    expect(
      toErrorReport(TwinheadError.of(new TwinheadError('invalid-input', say('calls.notPlain')).toReport())),
    ).toEqual({
      code: 'invalid-input',
      message: 'The input is not plain data.',
      sentence: { key: 'calls.notPlain' },
      details: {},
    });
    expect(SaidSchema.parse({ key: 'later.sentence', values: { a: 1 } })).toEqual({
      key: 'later.sentence',
      values: { a: 1 },
    });
    expect(inEnglish({ key: 'later.sentence' as SentenceKey })).toBe('later.sentence');
    expect(inEnglish('database disk image is malformed')).toBe('database disk image is malformed');
    expect(isSentence({ key: 'calls.input', file: 'a' })).toBe(false);
    expect(SaidSchema.safeParse({ key: 3 }).success).toBe(false);
  });
});

describe('a stored sentence of a newer version', () => {
  it('is its key where a value of it is of a sort that is not known, and never ends a page', () => {
    for (const what of [null, { unit: 'moons', value: 3 }, { list: [{}] }, { sentences: [null] }, true]) {
      const read = readSaid(JSON.stringify({ key: 'jobs.segment', values: { what } }));
      expect(read).toBe('jobs.segment');
      expect(sentenceText(read, 'en')).toBe('jobs.segment');
    }
    const known = say('jobs.train', { name: 'a' });
    expect(readSaid(storedSaid(known))).toEqual(known);
  });
});

describe('a large count', () => {
  it('is written in the words of the language, rounded once', () => {
    const said = (value: number, language: Language) =>
      sentenceText(
        say('training.network.graph', {
          network: 'nano',
          parameters: { unit: 'count', value },
          multiplyAdds: { unit: 'count', value: 350_060_000 },
        }),
        language,
      );
    expect(said(1_036_800, 'en')).toContain('nano: 1.04 million parameters, 350 million multiply-adds');
    expect(said(1_036_800, 'zh-CN')).toContain('nano：104 万个参数，每张图像 3.5 亿次乘加');
    expect(said(1_035_499, 'zh-CN')).toContain('104 万个参数');
    expect(said(1_034_999, 'zh-CN')).toContain('103 万个参数');
  });
});
