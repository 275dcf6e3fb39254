import { CLASS_PRESENT } from '../../../common/entities.ts';
import type { ScorePart } from '../../../common/score-parts.ts';
import { evaluateImageClasses } from '../../metrics/index.ts';
import { imageClassesOf } from '../../samples/dataset.ts';
import type { FoundAnswer, RawPrediction, TaskScorer } from '../types.ts';

/** What image classes are worth by those that the images are labelled with. */
export function imageClassScorer(
  predictions: readonly RawPrediction[],
  classNames: readonly string[],
  classes: 'one' | 'several',
): TaskScorer<'imageClass'> {
  /** By image; null: nobody has labelled it, or the network has no such head. */
  const truths = predictions.map((): readonly number[] | null => null);
  const labelled = () =>
    truths.flatMap((truth, image) =>
      truth === null ? [] : [{ image, truth, scores: predictions[image]!.imageClass! }],
    );

  function evaluate(): ReturnType<TaskScorer<'imageClass'>['evaluate']> {
    const samples = labelled();
    const input = {
      truths: samples.map(({ truth }) => truth),
      scores: samples.map(({ scores }) => scores),
      classNames,
    };
    const found = samples.length === 0 ? null : evaluateImageClasses(input, classes);
    if (found === null) return null;
    const { images, accuracy, balancedAccuracy, macroPrecision, macroRecall, macroF1, confusion } = found;
    const means = { accuracy, balancedAccuracy, macroPrecision, macroRecall, macroF1 };
    return {
      scores: () => ({ images, ...means, perClass: [...found.perClass], confusion }),
      score: found.score,
      shareOf: classes === 'one' ? images : null,
      figures: { accuracy, macroF1 },
    };
  }

  function find(part: ScorePart): FoundAnswer[] {
    if (part.of !== 'imageClasses' && part.of !== 'imageClass') return [];
    return labelled().flatMap(({ image, truth, scores }) => {
      const said = likelyClasses(scores, classes);
      const fits =
        part.of === 'imageClasses'
          ? truth.length === 1 && truth[0] === part.truth && said[0] === part.found
          : truth.includes(part.classIndex) !== said.includes(part.classIndex);
      const [first] = said;
      const score = first === undefined ? null : scores[first]!;
      return fits ? [{ image, score, overlap: null, error: null, box: null, truth: null }] : [];
    });
  }

  return {
    label: (image, sample) => {
      const said = predictions[image]!.imageClass;
      truths[image] = sample === null || said === null ? null : imageClassesOf(sample);
    },
    evaluate,
    resampler: () => {
      const samples = labelled();
      return (counts) => {
        const drawn = samples.flatMap((one) => new Array<typeof one>(counts[one.image]!).fill(one));
        const truths = drawn.map(({ truth }) => truth);
        const scores = drawn.map((one) => one.scores);
        return evaluateImageClasses({ truths, scores, classNames }, classes)?.score ?? null;
      };
    },
    curves: () => null,
    find,
  };
}

/** Classes that the network says an image has, the likeliest first. */
function likelyClasses(scores: Float32Array, classes: 'one' | 'several'): number[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  return classes === 'one' ? order.slice(0, 1) : order.filter((index) => scores[index]! >= CLASS_PRESENT);
}
