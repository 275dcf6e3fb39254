import { describe, expect, it } from 'vitest';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import { parseXml, XmlError } from '../../electron/exchange/xml.ts';

const BROKEN: Record<string, readonly [xml: string, english: RegExp]> = {
  'an element that is not closed': ['<a><b></b>', /<a> is never closed/],
  'an element closed by another name': ['<a><b></c></a>', /closed that was never opened|<b> is never closed/],
  'text after the root': ['<a></a>more', /outside the root/],
  'no root': ['', /no root element/],
  'two roots': ['<a/><b/>', /more than one root/],
  'a bare ampersand': ['<a>salt &pepper; </a>', /unknown entity/],
  'an attribute twice': ['<a b="1" b="2"/>', /attribute b is given twice/],
  'a tag that is none': ['<a b="1"c="2"/>', /breaks the rules of XML/],
  'an attribute without quotes': ['<a b=1/>', /no value in quotes/],
};

describe('broken XML', () => {
  it.each(Object.entries(BROKEN))('is said in words of both languages: %s', (_, [xml, english]) => {
    let error: unknown;
    try {
      parseXml(xml);
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof XmlError)) throw new Error('The text was taken.');
    expect(error.message).toMatch(english);
    expect(sentenceText(error.said, 'zh-CN')).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
  });
});
