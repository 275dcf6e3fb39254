/** What is typed as a number, in the digits of any input method and with either decimal sign; NaN where it is none. */
export function typedNumber(text: string): number {
  const plain = text.normalize('NFKC').trim();
  return plain === '' ? NaN : Number(plain.replace(',', '.'));
}
