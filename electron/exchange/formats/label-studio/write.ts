import type { Dataset, DatasetBox, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { isObject, otherFields } from '../../json.ts';
import { escapeXml } from '../../xml.ts';

const NOT_OF_A_BOX = new Set(['shape', 'value', 'labels', 'meta']);

interface Place {
  readonly original_width: number | null;
  readonly original_height: number | null;
  readonly image_rotation: 0;
}

function region(box: DatasetBox, index: number, place: Place): object {
  const { className, attributes, score, unknown } = box;
  const percent = (value: number, side: number | null): number => (value / (side ?? 1)) * 100;
  const meta = {
    ...(isObject(unknown.meta) ? unknown.meta : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
  return {
    ...otherFields(unknown, NOT_OF_A_BOX),
    id: `b${index + 1}`,
    type: 'rectanglelabels',
    from_name: 'label',
    to_name: 'image',
    ...place,
    value: {
      x: percent(box.x, place.original_width),
      y: percent(box.y, place.original_height),
      width: percent(box.width, place.original_width),
      height: percent(box.height, place.original_height),
      rotation: 0,
      rectanglelabels: [className],
    },
    ...(score === null ? {} : { score }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
  };
}

function task(image: DatasetImage, id: number): object {
  const place: Place = { original_width: image.width, original_height: image.height, image_rotation: 0 };
  const data = isObject(image.unknown.data) ? image.unknown.data : {};
  const split = image.split === null || image.split === 'none' ? {} : { split: image.split };
  const choices = {
    id: 'classes',
    type: 'choices',
    from_name: 'class',
    to_name: 'image',
    value: { choices: image.imageClasses },
  };
  const result = [
    ...(image.imageClasses.length === 0 ? [] : [choices]),
    ...image.boxes.map((box, index) => region(box, index, place)),
  ];
  return {
    ...image.unknown,
    id,
    data: { ...data, image: `images/${image.path}`, ...split, width: image.width, height: image.height },
    // Without an annotation nobody has looked at it.
    annotations: result.length > 0 || image.reviewed ? [{ id, was_cancelled: false, result }] : [],
  };
}

/** What a project of Label Studio has to be set up with, so that these labels fit in. */
function labelConfig(dataset: Dataset): string {
  const values = (kind: string, element: string): string =>
    dataset.classes
      .filter((one) => one.kind === kind)
      .map(({ name }) => `    <${element} value="${escapeXml(name)}"/>\n`)
      .join('');
  const choices = values('image', 'Choice');
  return (
    '<View>\n  <Image name="image" value="$image"/>\n' +
    `  <RectangleLabels name="label" toName="image">\n${values('object', 'Label')}  </RectangleLabels>\n` +
    (choices === ''
      ? ''
      : `  <Choices name="class" toName="image" choice="multiple">\n${choices}  </Choices>\n`) +
    '</View>\n'
  );
}

/** tasks.json with the pictures in images/, and the labelling interface that it needs. */
export async function writeLabelStudio(dataset: Dataset, target: WriteTarget): Promise<void> {
  const file = target.pieces('tasks.json');
  let id = 0;
  for await (const image of dataset.images) {
    file.add(`${id === 0 ? '[' : ','}\n${JSON.stringify(task(image, ++id))}`);
    await target.picture(image, `images/${image.path}`);
  }
  file.add(id === 0 ? '[]\n' : '\n]\n');
  await target.text('label_config.xml', labelConfig(dataset));
}
