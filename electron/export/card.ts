import { LETTERBOX_PADDING } from '../common/geometry.ts';
import type { ExportedNetwork } from './network.ts';
import type { Certificate } from '../common/jobs.ts';
import type { ExportRequest } from './types.ts';

/** What somebody who runs the model elsewhere has to know, as plain JSON. */
export interface ModelCard {
  readonly format: string;
  readonly producer: string;
  readonly run: string;
  readonly network: string;
  readonly epoch: number;
  readonly input: {
    readonly name: string;
    readonly size: number;
    readonly layout: string;
    readonly type: 'float32';
    readonly color: 'RGB';
    readonly range: readonly [number, number];
    readonly letterbox: { readonly rule: string; readonly padding: number };
  };
  readonly outputs: Readonly<Record<string, string>>;
  readonly imageClasses: readonly string[];
  readonly objectClasses: readonly string[];
  readonly boxes: {
    readonly format: 'xyxy';
    readonly unit: string;
    readonly minScore: number;
    readonly nmsIou: number;
    readonly maxDetections: number;
  };
}

const LETTERBOX_RULE =
  'Orient the image by its EXIF tag; scale it by size / max(width, height) to whole pixels (rounded); put it in the ' +
  'middle of a size × size square (left and top padding rounded down); fill the rest with the padding grey.';

export function modelCard(
  { loaded }: ExportedNetwork,
  request: ExportRequest,
  input: { readonly name: string; readonly layout: string },
): ModelCard {
  const { config, inputSize, imageClasses, objectClasses, position } = loaded;
  const { minScore, nmsIou, maxDetections } = config.evaluation;
  const outputs = Object.fromEntries(
    loaded.model.heads.flatMap((head) => head.outputs).map(({ name, description }) => [name, description]),
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
      type: 'float32',
      color: 'RGB',
      range: [0, 255],
      letterbox: { rule: LETTERBOX_RULE, padding: LETTERBOX_PADDING },
    },
    outputs,
    imageClasses: imageClasses.map(({ name }) => name),
    objectClasses: objectClasses.map(({ name }) => name),
    boxes: { format: 'xyxy', unit: 'pixels of the letterboxed input', minScore, nmsIou, maxDetections },
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
    input_range: '0..255 RGB',
    letterbox: JSON.stringify(card.input.letterbox),
    box_format: `${card.boxes.format}, ${card.boxes.unit}`,
    min_score: String(card.boxes.minScore),
    nms_iou: String(card.boxes.nmsIou),
    max_detections: String(card.boxes.maxDetections),
  };
}

const list = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');

/** README.md for the folder of an exported model. */
export function cardText(
  card: ModelCard,
  { images, differences, runtime, engine }: Certificate,
  modelFile: string,
): string {
  const { input, boxes } = card;
  return `# ${card.run}

\`${modelFile}\` was written by ${card.producer} from run "${card.run}" (network \`${card.network}\`, epoch ${card.epoch}).

## Input
\`${input.name}\`: ${input.type} ${input.layout} with size ${input.size}, ${input.color}, values ${input.range.join(' to ')} (the model normalises them itself).
${input.letterbox.rule} The padding grey is ${input.letterbox.padding}.

## Outputs
${Object.entries(card.outputs)
  .map(([name, what]) => `- \`${name}\` ${what}`)
  .join('\n')}

Image classes: ${list(card.imageClasses)}.
Object classes: ${list(card.objectClasses)}.
Boxes: ${boxes.format} in ${boxes.unit}. To get what Twinhead shows, drop scores under ${boxes.minScore}, suppress boxes of one class that overlap by more than ${boxes.nmsIou} (IoU), keep the best ${boxes.maxDetections}.

## Verified
On ${images} held-out images, ${runtime} against ${engine}; largest absolute differences:
${differences.map(({ output, largest, tolerance, unit }) => `- \`${output}\`: ${largest.toExponential(2)} ${unit} (allowed: ${tolerance})`).join('\n')}
`;
}
