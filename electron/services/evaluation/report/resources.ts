import { timesRows } from '../../../common/resources.ts';
import type { Resources, TimesRow } from '../../../common/resources.ts';
import { formatBytes, formatMessage, formatNumber } from '../../../common/sentences/format.ts';
import type { ParameterValues } from '../../../common/sentences/format.ts';
import { sentenceText } from '../../../common/sentences/index.ts';
import { languages } from '../../../common/sentences/languages.ts';
import type { Language } from '../../../common/sentences/languages.ts';
import { html, name, NOTHING, table } from './markup.ts';
import type { Markup } from './markup.ts';

type Word = keyof (typeof languages)['en']['interface'];

/** Folder and file: the rest of the path is nobody else's business. */
const lastParts = (file: string): string => file.split(/[\\/]/).slice(-2).join('/');

/** What the run costs on the machine that it was measured on, as a section of the report. */
export function resourcesSection(resources: Resources | null, language: Language): Markup {
  if (resources === null) return NOTHING;
  const { processor, epoch, at, parameters, multiplyAdds, inputSize, decode, memoryBeforeBytes } = resources;
  const word = (key: Word, values?: ParameterValues): string =>
    formatMessage(languages[language].interface[key], language, values);
  const milliseconds = (value: number): string =>
    formatNumber(language, value, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));
  const about = { processor: sentenceText(processor, language), epoch: formatNumber(language, epoch), date };
  const nameOf = ({ runtime }: TimesRow): Markup | string => {
    if (runtime === null) return word('resources.decoding', { count: decode?.images ?? 0 });
    return runtime.file === null
      ? name(runtime.name)
      : html`${name(runtime.name)} ${name(lastParts(runtime.file))}`;
  };
  return html`<section>
    <h2>${word('resources.title')}</h2>
    <p>${word('resources.about', about)}</p>
    <dl>
      <dt>${word('resources.parameters')}</dt>
      <dd>${formatNumber(language, parameters)}</dd>
      <dt>${word('resources.multiplyAdds')}</dt>
      <dd>${multiplyAdds === null ? '–' : formatNumber(language, multiplyAdds)}</dd>
      <dt>${word('resources.input')}</dt>
      <dd>${word('resources.input.value', { size: String(inputSize) })}</dd>
    </dl>
    ${table(
      (['what', 'batch', 'least', 'median', 'most', 'memory'] as const).map((key) =>
        word(`resources.${key}`),
      ),
      timesRows(resources).map((row) => [
        nameOf(row),
        row.batch === null ? '–' : formatNumber(language, row.batch),
        ...[row.times.least, row.times.median, row.times.most].map(milliseconds),
        row.peakMemoryBytes === null ? '–' : formatBytes(language, row.peakMemoryBytes),
      ]),
    )}
    <p>${word('resources.memory.hint', { before: formatBytes(language, memoryBeforeBytes) })}</p>
  </section>`;
}
