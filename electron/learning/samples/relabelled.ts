import { scaledBox } from '../../common/corruptions.ts';
import { area, clipToImage, letterbox } from '../../common/geometry.ts';
import { imageClassesOf } from './dataset.ts';
import type { LabelledBox, LabelledData, NamedClass, TrainingSample } from './dataset.ts';

/** A box of which less is left inside the picture is neither missed nor wrong: it counts as a crowd. */
const LEAST_VISIBLE = 0.5;

/**
 * The labels of a picture that is scaled about its centre within the same frame. What lies outside of it is gone, and a box
 * of which less than half is left counts as a crowd does: whatever is found there is left out.
 * @param inputSize side of the network's input, in whose pixels the picture was scaled
 */
export function scaledLabels(sample: TrainingSample, inputSize: number, scale: number): TrainingSample {
  if (scale === 1 || sample.boxes === null) return sample;
  const fit = letterbox(sample, inputSize);
  const boxes = sample.boxes.flatMap((box): LabelledBox[] => {
    const whole = scaledBox(box, sample, fit, scale);
    const left = clipToImage(whole, sample);
    if (left === null) return area(box) > 0 ? [] : [{ ...box, ...whole }];
    const { x, y, width, height } = left;
    const cut = area(left) < LEAST_VISIBLE * area(whole);
    return [{ ...box, x, y, width, height, crowd: box.crowd === true || cut }];
  });
  return { ...sample, boxes };
}

type Classes = Pick<LabelledData, 'imageClasses' | 'objectClasses'>;

/** Samples by the indices of a network's own classes; labels of classes that it does not know are left out. */
export function labelsFor(network: Classes, data: LabelledData): TrainingSample[] {
  const ownIndex = (
    own: readonly NamedClass[],
    all: readonly NamedClass[],
  ): ((index: number) => number | undefined) => {
    const indices = new Map(own.map(({ id }, index) => [id, index]));
    return (index) => indices.get(all[index]!.id);
  };
  const imageClassOf = ownIndex(network.imageClasses, data.imageClasses);
  const objectClassOf = ownIndex(network.objectClasses, data.objectClasses);
  return data.samples.map((sample) => {
    const [imageClass = null, ...furtherClasses] = (imageClassesOf(sample) ?? []).flatMap(
      (index) => imageClassOf(index) ?? [],
    );
    return {
      ...sample,
      imageClass,
      furtherClasses: furtherClasses.length === 0 ? undefined : furtherClasses,
      boxes:
        sample.boxes &&
        sample.boxes.flatMap((box) => {
          const classIndex = objectClassOf(box.classIndex);
          return classIndex === undefined ? [] : [{ ...box, classIndex }];
        }),
    };
  });
}
