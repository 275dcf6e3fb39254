import { describe, expect, it } from 'vitest';
import { languages } from '../../electron/common/sentences/languages.ts';
import type { Catalogue } from '../../electron/common/sentences/types.ts';

/** Words of other tools' files, and of the field, that stay as they are. */
const KEPT = new Set([
  'exchange.labelme.noLabel',
  'formats.unknownLabel',
  'settings.imageHead.labelSmoothing.name',
]);
/** A video has a picture, beside its sound. */
const OF_VIDEO = /^video\./;
const NOT_OF_VIDEO: ReadonlySet<string> = new Set(['image', '图像']);

/** What no sentence may say, and what it says instead. */
type Rule = readonly [pattern: RegExp, instead: string];

const ENGLISH: readonly Rule[] = [
  [/\bdata sets?\b/i, 'dataset'],
  [/\bpictures?\b/i, 'image'],
  [/\b(?:optimis|normalis|recognis|initialis|regularis)/i, '-ize'],
  [/(?<![{.])\bcolors?\b/i, 'colour'],
  [/\banew\b/i, 'again'],
  [/\bunder way\b/i, 'in progress'],
  [/(?<!there )\bis no (?!longer)[a-z]/i, 'is not a'],
  [/\b(?:is|are) (?:there|here|open) already\b/i, 'already exists, is already open'],
  [/^Of [a-z ]+ with\b/, 'the subject first'],
  [/^Those\b/, 'what they are'],
  [/^Find out\b/, 'Detect'],
  [/\bfigures?\b/i, 'results, metric'],
  [/\bplaces? per\b/i, 'anchors'],
  [/\w'\w/, '’'],
  [/\d %/, '95%'],
  [/"/, '“ ”'],
];

const CHINESE: readonly Rule[] = [
  [/您/, '你'],
  [/标签/, '标注'],
  [/一次训练|训练次数|训练记录|次运行/, '训练任务'],
  [/图片/, '图像'],
  [/总分/, '总得分'],
  [/[标认实]为空|空图像/, '无目标'],
  [/\d条说明|\} 条说明/, '提示'],
  [/百万/, '万、亿'],
  [/数据集分割|分割集/, '划分'],
  [/重做.*撤消|撤消/, '撤销'],
  [/登陆|帐号/, '登录'],
  [/[\u4e00-\u9fff}”）]\s*[,;:!?](?!\d)/, 'full-width punctuation'],
  [/[\u4e00-\u9fff}”）]\s*\.(?!\w)/, '。'],
  [/[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]/, '（ ）'],
  [/\d %/, '95%'],
  [/[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/, 'a space between Chinese and Latin'],
  [/ [，。；：！？、（）“”]|[，。；：！？、（“] /, 'no space beside full-width punctuation'],
  [/\.\.\.|(?<!…)…(?=[\u4e00-\u9fff])/, '…'],
];

function* sentences(...catalogues: Catalogue[]): Generator<[key: string, text: string]> {
  for (const catalogue of catalogues)
    for (const [key, message] of Object.entries(catalogue))
      for (const text of typeof message === 'string' ? [message] : new Set([message.one, message.other]))
        yield [key, text];
}

function breaches(rules: readonly Rule[], ...catalogues: Catalogue[]): string[] {
  const checked = [...sentences(...catalogues)].filter(([key]) => !KEPT.has(key));
  return checked.flatMap(([key, text]) =>
    rules
      .filter(
        ([pattern, instead]) => pattern.test(text) && !(OF_VIDEO.test(key) && NOT_OF_VIDEO.has(instead)),
      )
      .map(([, instead]) => `${key}: ${text} (${instead})`),
  );
}

describe('the words of every sentence', () => {
  it('are those of the field in English, one for one thing', () => {
    expect(breaches(ENGLISH, languages.en.services, languages.en.interface)).toEqual([]);
  });

  it('are one for one thing in Chinese, with its punctuation', () => {
    expect(breaches(CHINESE, languages['zh-CN'].services, languages['zh-CN'].interface)).toEqual([]);
  });

  it('are found where they are wrong', () => {
    expect(breaches(ENGLISH, { a: 'This is no data set.' })).toHaveLength(2);
    expect(breaches(CHINESE, { a: '请您选择标签, 共10个' })).toHaveLength(4);
    expect(
      breaches(CHINESE, { a: '{count} 个框.', b: '共 {boxes}.', 'video.a': '名称: {name}' }),
    ).toHaveLength(3);
    expect(breaches(CHINESE, { a: '{parameters} 百万个参数', b: '总分' })).toHaveLength(2);
  });
});
