import type { review as english } from '../en/review.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const review: Translation<typeof english> = {
  'review.blurred': same('{count} 张图像与其他图像相比较模糊。'),
  'review.changed': same('{count} 个图像文件在添加后有改动：{files}。请检查其标注。'),
  'review.copies': same('{count} 张图像与另一张内容相同：{files}。请移除副本，否则会重复计算。'),
  'review.copiesAcross': same(
    '{count} 张图像与其他划分中的图像内容相同：{files}。请将副本移到同一划分，否则评估结果会偏高。',
  ),
  'review.dark': same('{count} 张图像很暗。'),
  'review.doubled': same('{count} 张图像中有同类别的框相互重叠（共 {boxes} 个框）。请删除重复的框。'),
  'review.huge': same('{count} 张图像中有几乎覆盖整张图像的框（共 {boxes} 个框）。'),
  'review.imbalance':
    '“{most}”的标注数量是“{fewest}”的 {times} 倍（{many} 对 {few}）。标注少的类别很难学好，请多标注一些。',
  'review.missing': same('{count} 张图像不在原处：{files}。其标注已保留；请放回文件，或添加其新文件夹。'),
  'review.noSplit': same('{count} 张图像没有划分：既不参与训练，也不参与评估。'),
  'review.notInTrain': '类别“{name}”有标注，但训练集中没有，因此无法学习。',
  'review.notInVal': '类别“{name}”在验证集中没有标注，因此无法得知识别效果。',
  'review.outside': same('{count} 张图像中有框超出图像（共 {boxes} 个框）。'),
  'review.overexposed': same('{count} 张图像大部分是白色。'),
  'review.similar': same('{count} 张图像与另一张近似重复。'),
  'review.similarAcross': same(
    '{count} 张图像与其他划分中的图像近似重复，评估结果会偏高：请在“划分间泄漏”中查看。',
  ),
  'review.tiny': same('{count} 张图像中有小于 4 × 4 像素的框（共 {boxes} 个框）。'),
  'review.twoClasses': same('{count} 张图像中同一个框有两个类别（共 {boxes} 个框）。请删除错误的框。'),
  'review.unlabelledTest': same('测试集中有 {count} 张图像没有标注，将被略过。'),
  'review.unlabelledTrain': same('训练集中有 {count} 张图像没有标注，将被略过。'),
  'review.unlabelledVal': same('验证集中有 {count} 张图像没有标注，将被略过。'),
  'review.unreadable': same('{count} 个图像文件无法读取：{files}。请用完好的副本替换。'),
  'review.unusual': same('{count} 张图像中有大小与其类别不符的框（共 {boxes} 个框）。'),
  'review.unused': '类别“{name}”还没有标注。',
};
