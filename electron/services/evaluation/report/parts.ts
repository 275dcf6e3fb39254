import type { ScoreBreakdown } from '../../../common/entities.ts';
import { FIGURES } from '../../../common/heads.ts';
import { sheetText } from '../../../common/score-sheets.ts';
import { formatMessage, formatNumber } from '../../../common/sentences/format.ts';
import type { ParameterValues } from '../../../common/sentences/format.ts';
import { languages } from '../../../common/sentences/languages.ts';
import type { Language } from '../../../common/sentences/languages.ts';
import type { ReportFacts } from './facts.ts';
import { html, name, NOTHING, table } from './markup.ts';
import type { Markup } from './markup.ts';

type Word = keyof (typeof languages)['en']['interface'];

/** A part of the images, or a split, with its score of each task. */
interface Row {
  readonly title: Markup | string;
  readonly images: number;
  readonly tasks: Readonly<Record<string, number | null>>;
}

const NO_PARTS: ScoreBreakdown = {
  ...{ groups: [], groupsLeftOut: 0, objects: [] },
  ...{ attributes: [], valuesLeftOut: 0 },
};

const firstFigures = FIGURES.filter(({ first }) => first);

/** The same run on each split, on each group of images and by the number of boxes, as sections of the report. */
export function partSections({ splits, breakdown }: ReportFacts, language: Language): Markup[] {
  const word = (key: Word, values?: ParameterValues): string =>
    formatMessage(languages[language].interface[key], language, values);
  const number = (value: number): string => formatNumber(language, value);
  const share = (value: number | null): string =>
    value === null
      ? '–'
      : formatNumber(language, value, {
          style: 'percent',
          minimumFractionDigits: 1,
          maximumFractionDigits: 1,
        });
  const section = (key: Word, first: string, rows: readonly Row[], leftOut = 0): Markup => {
    const shown = firstFigures.filter(({ task }) => rows.some(({ tasks }) => (tasks[task] ?? null) !== null));
    return html`<section>
      <h2>${word(key)}</h2>
      ${table(
        [first, word('dataset.images'), ...shown.map(({ title }) => sheetText(title, language))],
        rows.map(({ title, images, tasks }) => [
          title,
          number(images),
          ...shown.map(({ task }) => share(tasks[task] ?? null)),
        ]),
      )}
      ${leftOut === 0 ? NOTHING : html`<p>${word('breakdown.leftOut', { count: leftOut })}</p>`}
    </section>`;
  };
  const compared = splits.flatMap(({ split, scores }) =>
    scores === null ? [] : [{ title: word(`split.${split}`), ...scores }],
  );
  const range = ({ from, to }: ScoreBreakdown['objects'][number]): string =>
    to === null
      ? word('spread.from', { from: number(from) })
      : to === from + 1
        ? number(from)
        : word('spread.range', { from: number(from), to: number(to - 1) });
  const { groups, objects, groupsLeftOut, attributes, valuesLeftOut } = breakdown ?? NO_PARTS;
  return [
    ...(compared.length < 2 ? [] : [section('splits.title', word('evaluate.split'), compared)]),
    ...(groups.length === 0
      ? []
      : [
          section(
            'breakdown.groups',
            word('breakdown.group'),
            groups.map((group) => ({ title: name(group.name), ...group })),
            groupsLeftOut,
          ),
        ]),
    ...(objects.length === 0
      ? []
      : [
          section(
            'breakdown.objects',
            word('breakdown.objects.column'),
            objects.map((bin) => ({ title: range(bin), ...bin })),
          ),
        ]),
    ...(attributes.length === 0
      ? []
      : [
          html`<section>
            <h2>${word('breakdown.attributes')}</h2>
            <p>${word('breakdown.attributes.hint')}</p>
            ${table(
              [
                word('filter.attribute'),
                word('metric.truths'),
                word('breakdown.found'),
                word('metric.meanIou'),
                word('breakdown.onImages'),
                ...firstFigures.map(({ title }) => sheetText(title, language)),
              ],
              attributes.map(({ name: attribute, value, boxes, found, meanIou, images, tasks }) => [
                name(`${attribute}: ${value === null ? word('breakdown.without') : String(value)}`),
                number(boxes),
                share(boxes === 0 ? null : found / boxes),
                share(meanIou),
                number(images),
                ...firstFigures.map(({ task }) => share(tasks[task] ?? null)),
              ]),
            )}
            ${valuesLeftOut === 0 ? NOTHING : html`<p>${word('breakdown.valuesLeftOut', { count: valuesLeftOut })}</p>`}
          </section>`,
        ]),
  ];
}
