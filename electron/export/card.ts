import { LETTERBOX_PADDING } from '../common/geometry.ts';
import type { Certificate } from '../common/jobs.ts';
import { formatBytes, formatSmall } from '../common/sentences/format.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { sentenceText } from '../common/sentences/index.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, SentenceValue } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';
import type { ExportedNetwork } from './network.ts';
import { CERTIFICATE_FILE } from './certificate.ts';
import { DETECTIONS } from './suppression.ts';
import type { ClassEntry, ExportRequest, ModelCard, ModelWriter } from './types.ts';

type Loaded = ExportedNetwork['loaded'];

function outputsOf(
  { model }: Loaded,
  suppresses: boolean,
): { readonly name: string; readonly description: Said }[] {
  const outputs = model.heads.flatMap((head) => head.outputs);
  return suppresses
    ? [{ name: DETECTIONS, description: say('export.card.output.detections') }, ...outputs]
    : outputs;
}

export function modelCard(
  { loaded }: ExportedNetwork,
  request: ExportRequest,
  { input, suppresses }: Pick<ModelWriter, 'input' | 'suppresses'>,
): ModelCard {
  const { config, inputSize, imageClasses, objectClasses, position } = loaded;
  const { minScore, nmsIou, maxDetections } = config.evaluation;
  const names = new Map(objectClasses.map(({ id, name }) => [id, name]));
  const scores = (request.thresholds ?? []).flatMap(({ classId, score }): [string, number][] => {
    const name = names.get(classId);
    return name === undefined ? [] : [[name, score]];
  });
  const thresholds = Object.fromEntries(scores);
  const entryOf = ({ id, name }: ClassEntry): ClassEntry => {
    const color = request.colors?.[id];
    return { id, name, ...(color === undefined ? {} : { color }) };
  };
  const outputs = Object.fromEntries(
    outputsOf(loaded, suppresses).map(({ name, description }) => [name, inEnglish(description)]),
  );
  return {
    format: request.format,
    producer: `Twinhead ${request.appVersion}`,
    run: request.run,
    network: config.network,
    epoch: position.epoch,
    input: {
      ...input,
      size: inputSize,
      color: 'RGB',
      letterbox: { rule: inEnglish(say('export.card.letterbox')), padding: LETTERBOX_PADDING },
    },
    outputs,
    imageClasses: imageClasses.map(({ name }) => name),
    objectClasses: objectClasses.map(({ name }) => name),
    classes: {
      image: imageClasses.map(entryOf),
      object: objectClasses.map((one) => ({
        ...entryOf(one),
        threshold: Object.hasOwn(thresholds, one.name) ? thresholds[one.name]! : minScore,
      })),
    },
    boxes: {
      format: 'xyxy',
      unit: inEnglish(say('export.card.unit')),
      minScore,
      ...(scores.length === 0 ? {} : { thresholds }),
      nmsIou,
      maxDetections,
    },
  };
}

/** The card as entries of text, for formats whose metadata is such. */
export function cardEntries(card: ModelCard): Record<string, string> {
  return {
    producer: card.producer,
    run: card.run,
    image_classes: JSON.stringify(card.imageClasses),
    object_classes: JSON.stringify(card.objectClasses),
    input_size: String(card.input.size),
    input_layout: card.input.layout,
    input_range: `${card.input.range.join('..')} ${card.input.color}`,
    input_type: card.input.type,
    letterbox: JSON.stringify(card.input.letterbox),
    box_format: `${card.boxes.format}, ${card.boxes.unit}`,
    min_score: String(card.boxes.minScore),
    ...(card.boxes.thresholds ? { thresholds: JSON.stringify(card.boxes.thresholds) } : {}),
    nms_iou: String(card.boxes.nmsIou),
    max_detections: String(card.boxes.maxDetections),
  };
}

const quoted = (names: readonly string[]): SentenceValue =>
  names.length === 0
    ? say('export.card.noClasses')
    : { list: names.map((name) => `\`${name}\``), comma: true };

/** README.md for the folder of an exported model. */
export function cardText(
  { loaded }: ExportedNetwork,
  card: ModelCard,
  about: {
    /** null: it was not run. */
    readonly certificate: Certificate | null;
    readonly verifiedWhere: Said | null;
    readonly modelFile: string;
    readonly language: Language;
  },
): string {
  const { input, boxes, producer, run, network, imageClasses, objectClasses } = card;
  const [low, high] = input.range;
  const suppresses = Object.hasOwn(card.outputs, DETECTIONS);
  const text = (said: Said): string => sentenceText(said, about.language);
  return `# ${run}

${text(say('export.card.written', { file: `\`${about.modelFile}\``, producer, run, network: `\`${network}\``, epoch: card.epoch }))}

## ${text(say('export.card.input'))}
${text(say('export.card.input.what', { name: `\`${input.name}\``, type: input.type, layout: input.layout, size: String(input.size), color: input.color, low, high }))}
${text(say('export.card.letterbox'))} ${text(say('export.card.padding', { padding: input.letterbox.padding }))}

## ${text(say('export.card.outputs'))}
${outputsOf(loaded, suppresses)
  .map(({ name, description }) => `- \`${name}\` ${text(description)}`)
  .join('\n')}

${text(say('export.card.imageClasses', { names: quoted(imageClasses) }))}
${text(say('export.card.objectClasses', { names: quoted(objectClasses) }))}
${text(say(suppresses ? 'export.card.boxes.inside' : 'export.card.boxes', { format: boxes.format, unit: say('export.card.unit'), minScore: String(boxes.minScore), iou: String(boxes.nmsIou), most: boxes.maxDetections }))}

${verifiedText(about.certificate, about.verifiedWhere, text, about.language)}
`;
}

/** What it gave in its own runtime, or that it was not run. */
function verifiedText(
  certificate: Certificate | null,
  verifiedWhere: Said | null,
  text: (said: Said) => string,
  language: Language,
): string {
  if (certificate === null)
    return `## ${text(say('export.card.unverified'))}\n${verifiedWhere === null ? '' : text(verifiedWhere)}`;
  const { images, differences, runtime, engine, detections, scores } = certificate;
  return `## ${text(say('export.card.verified'))}
${text(say('export.card.verified.how', { count: images, runtime, engine }))}
${[
  ...differences.map(({ output, largest, tolerance, unit }) =>
    tolerance === null
      ? say(`export.card.difference.${unit}.any`, {
          output: `\`${output}\``,
          largest: largest.toExponential(2),
        })
      : say(`export.card.difference.${unit}`, {
          output: `\`${output}\``,
          largest: largest.toExponential(2),
          allowed: String(tolerance),
        }),
  ),
  ...(scores ?? []).map((one) =>
    say('export.card.score', {
      metric: `\`${one.metric}\``,
      engine: { unit: 'share', value: one.engine },
      model: { unit: 'share', value: one.model },
    }),
  ),
  ...(detections === undefined
    ? []
    : [say('export.card.detections', { output: `\`${DETECTIONS}\``, count: detections })]),
]
  .map((line) => `- ${text(line)}`)
  .join('\n')}
${measuresOf(certificate, language)
  .map((line) => `\n${text(line)}`)
  .join('')}`;
}

/** Times, sizes and what they were measured on. */
function measuresOf(
  { runtime, engine, milliseconds, beside, calibration }: Certificate,
  language: Language,
): Said[] {
  const small = (value: number): string => formatSmall(language, value);
  return [
    ...(calibration === undefined ? [] : [say('export.card.calibrated', { count: calibration.images })]),
    ...(beside === undefined
      ? []
      : [
          say('export.card.beside', {
            size: formatBytes(language, beside.bytes.model),
            time: small(beside.milliseconds.model),
            exactSize: formatBytes(language, beside.bytes.float32),
            exactTime: small(beside.milliseconds.float32),
          }),
        ]),
    ...(milliseconds === undefined
      ? []
      : [
          say('export.card.times', {
            runtime,
            engine,
            there: small(milliseconds.runtime),
            here: small(milliseconds.engine),
            file: `\`${CERTIFICATE_FILE}\``,
          }),
        ]),
  ];
}
