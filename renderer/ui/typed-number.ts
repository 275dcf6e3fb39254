/**
 * What is typed as a number, NaN where it is none: in the digits of any input method, with either decimal sign, and with
 * the commas between thousands that the page itself writes ("1,500", but "0,5" and "0,125").
 */
export function typedNumber(text: string): number {
  const plain = text.normalize('NFKC').trim();
  if (plain === '') return NaN;
  const grouped = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(plain);
  return Number(grouped ? plain.replaceAll(',', '') : plain.replace(',', '.'));
}
