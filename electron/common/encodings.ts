/** Encodings that are told apart where texts are not UTF-8, by the names of the WHATWG's Encoding Standard. */
export const TEXT_ENCODINGS = [
  'GBK',
  'Big5',
  'Shift_JIS',
  'EUC-JP',
  'EUC-KR',
  'Windows-1250',
  'Windows-1251',
  'Windows-1252',
] as const;
export type TextEncodingName = (typeof TEXT_ENCODINGS)[number];
