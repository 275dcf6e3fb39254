import { STRENGTHS } from '../../../common/corruptions.ts';
import { FIGURES } from '../../../common/heads.ts';
import { dropsOf, worstOf } from '../../../common/robustness.ts';
import type { Robustness } from '../../../common/robustness.ts';
import { sheetText } from '../../../common/score-sheets.ts';
import { formatMessage, formatNumber } from '../../../common/sentences/format.ts';
import type { ParameterValues } from '../../../common/sentences/format.ts';
import { sentenceText } from '../../../common/sentences/index.ts';
import { languages } from '../../../common/sentences/languages.ts';
import type { Language } from '../../../common/sentences/languages.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { html, NOTHING, table } from './markup.ts';
import type { Markup } from './markup.ts';

type Word = keyof (typeof languages)['en']['interface'];

/** How the scores fall when images get worse, as a section of the report: a table a task. */
export function robustnessSection(robustness: Robustness | null, language: Language): Markup {
  if (robustness === null) return NOTHING;
  const { images, of, epoch, at, clean, corruptions } = robustness;
  const word = (key: Word, values?: ParameterValues): string =>
    formatMessage(languages[language].interface[key], language, values);
  const number = (value: number): string => formatNumber(language, value);
  const share = (value: number | null | undefined): string =>
    typeof value !== 'number'
      ? '–'
      : formatNumber(language, value, {
          style: 'percent',
          minimumFractionDigits: 1,
          maximumFractionDigits: 1,
        });
  const told = FIGURES.filter(({ first, task }) => first && (clean[task] ?? null) !== null);
  if (told.length === 0) return NOTHING;
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));
  const nameOf = (corruption: (typeof corruptions)[number]['corruption']): string =>
    sentenceText(say(`corruption.${corruption}`), language);
  return html`<section>
    <h2>${word('robustness.title')}</h2>
    <p>${word('robustness.about', { images: number(images), count: of, epoch: number(epoch), date })}</p>
    ${told.map(({ task, title }) => {
      const worst = worstOf(robustness, task);
      const drops = new Map(dropsOf(robustness, task).map(({ corruption, drop }) => [corruption, drop]));
      const values = { metric: sheetText(title, language), score: share(clean[task]) };
      const said =
        worst === null
          ? word('robustness.unhurt', values)
          : word('robustness.worst', {
              ...values,
              corruption: nameOf(worst.corruption),
              drop: share(worst.drop),
            });
      return html`<p>${said}</p>
        ${table(
          [word('robustness.strength'), ...STRENGTHS.map(number), word('robustness.meanDrop')],
          corruptions.map(({ corruption, strengths }) => [
            nameOf(corruption),
            ...strengths.map((scores) => share(scores[task])),
            share(drops.get(corruption)),
          ]),
        )}`;
    })}
  </section>`;
}
