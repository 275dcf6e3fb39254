import { formatDuration, formatMessage, formatNumber } from '../../../common/sentences/format.ts';
import type { ParameterValues } from '../../../common/sentences/format.ts';
import { sentenceText } from '../../../common/sentences/index.ts';
import { languages } from '../../../common/sentences/languages.ts';
import type { Language } from '../../../common/sentences/languages.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, SentenceKey } from '../../../common/sentences/sentence.ts';
import type { Interval } from '../../../common/entities.ts';
import { tellFewImages } from '../../../common/few-images.ts';
import { scoreSheets, sheetText } from '../../../common/score-sheets.ts';
import type { ScoreSheet, SheetCell, SheetWord } from '../../../common/score-sheets.ts';
import { flatConfig } from '../../runs/flat-config.ts';
import { pictureWithBoxes, precisionCurve } from './charts.ts';
import type { PictureBox } from './charts.ts';
import type { ReportFacts, WrongPicture } from './facts.ts';
import { html, name, NOTHING, table } from './markup.ts';
import { Markup } from './markup.ts';
import { partSections } from './parts.ts';
import { resourcesSection } from './resources.ts';
import { robustnessSection } from './robustness.ts';
import { STYLE } from './style.ts';

/** Below it, the scores of a class say little. */
const FEW_LABELS = 10;
/** A larger matrix can't be read on paper. */
const LARGEST_MATRIX = 25;
const MOST_CURVES = 12;

type Word = keyof (typeof languages)['en']['interface'];

/** The report as one HTML page that needs no network. */
export class ReportPage {
  readonly #facts: ReportFacts;
  readonly #language: Language;

  constructor(facts: ReportFacts, language: Language) {
    this.#facts = facts;
    this.#language = language;
  }

  /** @param madeAt ISO 8601, UTC */
  body(madeAt: string, version: string): string {
    const { project, run } = this.#facts;
    const title = this.#say(say('report.title', { run: run.name }));
    const { text } = html`<html lang="${this.#language}">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>
            ${this.#say(say('report.about', { project: project.name, split: this.#split(), date: this.#date(madeAt), version }))}
          </p>
        </header>
        <main>
          ${[
            this.#figures(),
            this.#limits(),
            this.#data(),
            this.#training(),
            scoreSheets(this.#facts.evaluation).map((sheet) => this.#scores(sheet)),
            partSections(this.#facts, this.#language),
            this.#curves(),
            this.#calibration(),
            this.#thresholds(),
            this.#falseAlarms(),
            robustnessSection(this.#facts.robustness, this.#language),
            resourcesSection(this.#facts.resources, this.#language),
            this.#pictures(),
            this.#again(),
          ]}
        </main>
      </body>
    </html>`;
    return text;
  }

  #say(said: Said): string {
    return sentenceText(said, this.#language);
  }

  #word(key: Word, values?: ParameterValues): string {
    return formatMessage(languages[this.#language].interface[key], this.#language, values);
  }

  #row(texts: readonly string[]): string {
    return texts.join(languages[this.#language].comma);
  }

  #title(word: SheetWord): string {
    return sheetText(word, this.#language);
  }

  #number(value: number): string {
    return formatNumber(this.#language, value);
  }

  #share(value: number | null): string {
    if (value === null) return '–';
    return formatNumber(this.#language, value, {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
  }

  #date(at: string): string {
    return new Intl.DateTimeFormat(this.#language, {
      dateStyle: 'long',
      timeStyle: 'short',
      timeZone: 'UTC',
    }).format(new Date(at));
  }

  #split(): string {
    const { split, testSet, filter } = this.#facts;
    if (filter !== undefined) return this.#say(say('report.data.filter', { name: filter }));
    return testSet ?? this.#word(`split.${split}`);
  }

  #section(title: string, ...content: readonly Markup[]): Markup {
    return html`<section>
      <h2>${title}</h2>
      ${content}
    </section>`;
  }

  #list(entries: readonly (readonly [string, Markup | string])[]): Markup {
    return html`<dl>
      ${entries.map(
        ([title, value]) =>
          html`<dt>${title}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
  }

  #figures(): Markup {
    const { evaluation, intervals } = this.#facts;
    const figure = (title: string, value: number | null, interval: Interval | null | undefined): Markup =>
      html`<div class="figure">
        <span>${title}</span><strong>${this.#share(value)}</strong>
        <small
          >${interval ? this.#word('metric.interval', { low: this.#share(interval.low), high: this.#share(interval.high) }) : ''}</small
        >
      </div>`;
    const figures = scoreSheets(evaluation).flatMap(({ task, values }) =>
      values.flatMap(({ word, headline, value }, index) =>
        headline ? [figure(this.#title(word), value, index === 0 ? intervals?.tasks[task] : null)] : [],
      ),
    );
    return html`<div class="figures">
      ${figure(this.#word('metric.overall'), evaluation.overall, intervals?.overall)} ${figures}
    </div>`;
  }

  #limits(): Markup {
    const { evaluation, notes, split, testSet, project, intervals } = this.#facts;
    const limits: Said[] = [...notes];
    const few = tellFewImages(evaluation);
    if (few !== null) limits.push(few);
    for (const { classes, labels } of scoreSheets(evaluation)) {
      const rare = labels
        .filter(([, count]) => count < FEW_LABELS)
        .map(([own, count]) => `${own} (${count})`);
      if (rare.length > 0)
        limits.push(say(`report.limits.${classes}`, { names: { list: rare, comma: true } }));
    }
    const looks =
      testSet === undefined
        ? project.testLooks
        : (project.testSets.find(({ name: own }) => own === testSet)?.looks ?? 0);
    if (split === 'test' && looks > 1) limits.push(say('report.limits.looks', { count: looks }));
    if (intervals !== null) limits.push(say('report.limits.intervals', { samples: intervals.samples }));
    return this.#section(
      this.#say(say('report.limits')),
      html`<ul>
        ${limits.map((limit) => html`<li>${this.#say(limit)}</li>`)}
      </ul>`,
    );
  }

  #data(): Markup {
    const { project, evaluation, labels, classes, predictedAt } = this.#facts;
    const splits = (['train', 'val', 'test', 'none'] as const).map(
      (split) => `${this.#word(`split.${split}`)} ${this.#number(project.bySplit[split])}`,
    );
    return this.#section(
      this.#say(say('report.data')),
      this.#list([
        [this.#say(say('report.data.images')), this.#row(splits)],
        [
          this.#say(say('report.data.judged')),
          this.#row([this.#split(), this.#word('count.images', { count: evaluation.images })]),
        ],
        [this.#say(say('report.data.predicted')), this.#date(predictedAt)],
        [this.#say(say('report.data.labels')), html`<code>${labels}</code>`],
        [this.#say(say('report.data.revision')), this.#number(evaluation.dataRevision)],
      ]),
      table(
        [this.#word('metric.class'), this.#say(say('report.data.kind')), this.#say(say('report.data.uses'))],
        classes.map((one) => [
          name(one.name),
          this.#say(say(`report.kind.${one.kind}`)),
          this.#number(one.uses),
        ]),
      ),
    );
  }

  #training(): Markup {
    const { run } = this.#facts;
    return this.#section(
      this.#say(say('report.training')),
      this.#list([
        [this.#say(say('report.training.run')), html`${name(run.name)} (${run.id})`],
        [this.#say(say('report.training.began')), this.#date(run.createdAt)],
        ...(run.filter === null
          ? []
          : [
              [
                this.#say(say('report.training.images')),
                this.#say(
                  say('report.training.images.filter', { name: run.filter.name, count: run.filter.images }),
                ),
              ] as const,
            ]),
        [
          this.#say(say('report.training.epochs')),
          this.#say(say('report.training.best', { epoch: run.bestEpoch ?? 0, epochs: run.epoch })),
        ],
        [this.#say(say('report.training.time')), formatDuration(this.#language, run.seconds)],
        [this.#say(say('report.training.seed')), String(run.seed)],
        [
          this.#say(say('report.training.engine')),
          run.device === '' ? run.engine : `${run.device} (${run.engine})`,
        ],
        [this.#say(say('report.training.version')), `Twinhead ${run.appVersion}`],
      ]),
      html`<details>
        <summary>${this.#say(say('report.training.settings'))}</summary>
        ${table(
          [this.#say(say('report.training.setting')), this.#say(say('report.training.value'))],
          [...flatConfig(run.config)].map(([path, value]) => [
            this.#setting(path),
            typeof value === 'string' ? value : JSON.stringify(value),
          ]),
        )}
      </details>`,
    );
  }

  /** Name of a setting with its path; the path alone where this version has no name. */
  #setting(path: string): Markup {
    const key = `settings.${path}.name` as SentenceKey;
    const title = this.#say({ key });
    return title === key ? html`<code>${path}</code>` : html`${title} <code>${path}</code>`;
  }

  #matrix({ confusion, countedFrom }: ScoreSheet, last: string | null): Markup {
    if (confusion === null || confusion.names.length > LARGEST_MATRIX) return NOTHING;
    const names = last === null ? confusion.names : [...confusion.names, last];
    return html`<h3>${this.#word('metric.confusion')}</h3>
      <p>
        ${this.#say(say('report.matrix'))}
        ${countedFrom === null ? '' : this.#word('metric.counted', { score: this.#share(countedFrom) })}
      </p>
      ${table(
        ['', ...names],
        names.map((own, row) => [
          name(own),
          ...confusion.counts[row]!.map((count, column) =>
            row === column ? html`<b>${this.#number(count)}</b>` : count === 0 ? '·' : this.#number(count),
          ),
        ]),
      )}`;
  }

  #cell(cell: SheetCell): Markup | string {
    if (typeof cell === 'string') return name(cell);
    if ('share' in cell) return this.#share(cell.share);
    if ('gain' in cell) return `+${this.#share(cell.gain)}`;
    return 'count' in cell ? this.#number(cell.count) : this.#title(cell.word);
  }

  #scores(sheet: ScoreSheet): Markup {
    const { title, values, tables, noClass } = sheet;
    return this.#section(
      this.#title(title),
      this.#list(values.map(({ word, value }) => [this.#title(word), this.#share(value)])),
      ...tables.flatMap((one) => [
        one.title === undefined ? NOTHING : html`<h3>${this.#title(one.title)}</h3>`,
        one.hint === undefined ? NOTHING : html`<p>${this.#title(one.hint)}</p>`,
        table(
          one.columns.map((column) => this.#title(column)),
          one.rows.map((row) => row.map((cell) => this.#cell(cell))),
        ),
      ]),
      this.#matrix(sheet, noClass && this.#title(noClass)),
    );
  }

  #curves(): Markup {
    const curves = this.#facts.curves.filter(({ truths }) => truths > 0);
    if (curves.length === 0) return NOTHING;
    const shown = curves.toSorted((a, b) => b.truths - a.truths).slice(0, MOST_CURVES);
    const titles = { recall: this.#word('metric.recall'), precision: this.#word('metric.precision') };
    return this.#section(
      this.#say(say('report.curves')),
      html`<p>${this.#say(say('report.curves.hint', { shown: shown.length, all: curves.length }))}</p>
        <div class="grid">
          ${shown.map(
            (curve) =>
              html`<figure>
                ${precisionCurve(curve.points, { ...titles, about: this.#word('pair', { name: curve.name, value: `${titles.precision} / ${titles.recall}` }) })}
                <figcaption>${name(curve.name)}</figcaption>
              </figure>`,
          )}
        </div>`,
    );
  }

  #calibration(): Markup {
    const { calibration, split } = this.#facts;
    if (calibration === null) return NOTHING;
    const { error, temperature, scaledError, bins } = calibration;
    const scaled = (value: number): (readonly [string, string])[] => [
      [
        this.#word('calibration.temperature'),
        formatNumber(this.#language, value, { maximumFractionDigits: 2 }),
      ],
      [this.#word('calibration.scaled'), this.#share(scaledError)],
    ];
    return this.#section(
      this.#word('calibration.title'),
      this.#list([
        [this.#word('calibration.error'), this.#share(error)],
        ...(temperature === null ? [] : scaled(temperature)),
      ]),
      html`<p>
        ${this.#word(temperature === null ? 'calibration.none' : 'calibration.fitted')}
        ${temperature !== null && split === 'val' ? this.#word('calibration.inSample') : ''}
      </p>`,
      table(
        [this.#word('calibration.confidence'), this.#word('metric.support'), this.#word('metric.accuracy')],
        bins
          .filter(({ count }) => count > 0)
          .map(({ confidence, count, right }) => [
            this.#share(confidence),
            this.#number(count),
            this.#share(right / count),
          ]),
      ),
    );
  }

  #thresholds(): Markup {
    const { thresholds } = this.#facts;
    const title = this.#word('thresholds.title');
    if (thresholds === null)
      return this.#section(title, html`<p>${this.#say(say('report.thresholds.none'))}</p>`);
    return this.#section(
      title,
      html`<p>${this.#say(say('report.thresholds'))}</p>`,
      table(
        [
          this.#word('metric.class'),
          this.#word('thresholds.score'),
          this.#word('metric.recall'),
          this.#word('metric.precision'),
          this.#word('thresholds.falseAlarms'),
        ],
        thresholds.classes.map((one) => [
          name(one.name),
          this.#share(one.score),
          this.#share(one.recall),
          this.#share(one.precision),
          `${formatNumber(this.#language, one.falseAlarms, { maximumFractionDigits: 1 })}${one.reached ? '' : ` (${this.#word('thresholds.notReached')})`}`,
        ]),
      ),
    );
  }

  #falseAlarms(): Markup {
    const { falseAlarms } = this.#facts;
    if (falseAlarms === null || falseAlarms.images === 0) return NOTHING;
    const { images, alarmed, detections, from } = falseAlarms;
    const rate = formatNumber(this.#language, (100 * detections) / images, { maximumFractionDigits: 1 });
    const values = { alarmed: this.#number(alarmed), images: this.#number(images), rate };
    return this.#section(
      this.#word('alarms.title'),
      html`<p>
        ${this.#word('alarms.found', values)}
        ${from === null ? this.#word('alarms.own') : this.#word('alarms.from', { score: this.#share(from) })}
      </p>`,
    );
  }

  #pictures(): Markup {
    const { wrong } = this.#facts;
    if (wrong.length === 0) return NOTHING;
    return this.#section(
      this.#say(say('report.pictures')),
      html`<p>${this.#say(say('report.pictures.hint'))}</p>
        <div class="grid">${wrong.map((one) => this.#picture(one))}</div>`,
    );
  }

  #picture({ error, path, width, height, address, item }: WrongPicture): Markup {
    const names = new Map(this.#facts.classes.map((one) => [one.id, one.name]));
    const boxes = (['truth', 'found'] as const).flatMap((which): PictureBox[] => {
      const box = item[which];
      if (box === null) return [];
      return [{ ...box, is: which === 'truth' ? 'label' : 'found', className: names.get(box.classId) ?? '' }];
    });
    const said = boxes.map(({ is, className }) =>
      this.#say(
        say(`report.pictures.${is}`, { name: className, score: { unit: 'share', value: item.score ?? 0 } }),
      ),
    );
    return html`<figure>
      ${address === null ? html`<p>${this.#say(say('report.pictures.unreadable'))}</p>` : pictureWithBoxes(address, { width, height }, boxes, path)}
      <figcaption><b>${this.#word(`errors.${error}`)}</b> ${name(path)}<br />${said.join(' · ')}</figcaption>
    </figure>`;
  }

  #again(): Markup {
    const { run, split, testSet, filter, project } = this.#facts;
    const folder = `"${project.path}"`;
    const on =
      filter !== undefined
        ? `--filter "${filter}"`
        : testSet === undefined
          ? `--split ${split}`
          : `--test-set "${testSet}"`;
    return this.#section(
      this.#say(say('report.again')),
      html`<p>${this.#say(say('report.again.hint'))}</p>
        <pre>
twinhead evaluate ${folder} --run ${run.id} ${on}
twinhead evaluate ${folder} --run ${run.id} ${on} --report report.html${this.#language === 'en' ? '' : ` --language ${this.#language}`}</pre>`,
    );
  }
}
