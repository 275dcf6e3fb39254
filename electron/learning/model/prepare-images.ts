import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/kernels.ts';
import { LETTERBOX_PADDING } from '../../common/geometry.ts';
import type { NamedTensors } from './step.ts';

/** Bytes are brought to about -1 … 1: (x - 127) / 128. */
export const INPUT_MEAN = 127;
export const INPUT_SCALE = 128;

/** The names of a batch that say what its images look like. */
export const IMAGE_INPUTS: readonly string[] = ['images', 'crops', 'cropImages', 'colors'];

/**
 * Augmentation and normalisation of a batch, inside the step.
 * - `crops` are corners (y1, x1, y2, x2, swapped to mirror) that tf.image.cropAndResize resamples from: [batch, 4], one
 *   for each image, or with `cropImages` [batch · blocks²], which name the image of each, [batch · blocks², 4]: then each
 *   image is put together of blocks, row by row.
 * - `colors` [batch, 3] are contrast, brightness (in bytes) and saturation.
 */
export function prepareImages(tf: TensorFlow, batch: NamedTensors): Tensor4D {
  let images = batch['images'] as Tensor4D;
  const crops = batch['crops'] as Tensor2D | undefined;
  if (crops !== undefined) {
    images = resample(tf, images, crops, batch['cropImages'] as Tensor1D | undefined);
  }
  const colors = batch['colors'];
  if (colors !== undefined) {
    const [contrast, brightness, saturation] = tf.split(
      tf.reshape(colors, [images.shape[0], 1, 1, 3]),
      3,
      3,
    ) as [Tensor, Tensor, Tensor];
    const grey = tf.mean(images, 3, true);
    const saturated = tf.add(grey, tf.sub(images, grey).mul(saturation));
    images = tf.add(saturated.sub(LETTERBOX_PADDING).mul(contrast), brightness.add(LETTERBOX_PADDING));
  }
  return tf.mul(tf.sub(images, INPUT_MEAN), 1 / INPUT_SCALE);
}

function resample(tf: TensorFlow, images: Tensor4D, crops: Tensor2D, cropImages?: Tensor1D): Tensor4D {
  const [count, height, width, channels] = images.shape;
  const side = Math.sqrt(crops.shape[0] / count);
  const parts = tf.image.cropAndResize(
    images,
    crops,
    cropImages ?? tf.range(0, count, 1, 'int32'),
    [height / side, width / side],
    'bilinear',
    LETTERBOX_PADDING,
  );
  if (cropImages === undefined) return parts;
  const blocks: Tensor = tf.reshape(parts, [count, side, side, height / side, width / side, channels]);
  return tf.reshape<Rank.R4>(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), [count, height, width, channels]);
}
