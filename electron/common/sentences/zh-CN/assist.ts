import type { assist as english } from '../en/assist.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const assist: Translation<typeof english> = {
  'jobs.assist': '实时助手',
  'assist.off': '助手已关闭。',
  'assist.starting': '助手：正在启动',
  'assist.lacking.images': same('助手：再标注 {count} 张图像即可开始'),
  'assist.lacking.class': same('助手：再标注 {count} 张含“{name}”的图像即可开始'),
  'assist.lacking.secondClass': '助手：需要框，或属于第二个类别的图像，才能开始',
  'assist.learning': same('助手：正在从 {count} 张图像中学习'),
  'assist.round': same('助手：第 {round} 轮，{count} 张图像'),
  'assist.round.scored': same(
    '助手：第 {round} 轮，{count} 张图像，在 {validation} 张验证图像上得分 {score}',
  ),
  'assist.waiting': '助手：正在等待{holder}',
  'assist.waiting.training': '助手：正在等待训练结束',
  'assist.paused': '助手：已暂停',
  'assist.failed': '助手：上一轮失败。{error}',
  'assist.note.few': '暂不建议：{classes}。',
  'assist.note.class': same('“{name}”（还需标注 {count} 张）'),
  'assist.note.oneImageClass': '只有“{name}”有足够的图像，因此不建议图像类别。请标注其他类别的图像。',
  'assist.note.noValidation': '验证集中没有已标注的图像，因此没有得分。请在“数据集”页面划分数据集。',
  'assist.offer': same('已标注 {count} 张图像。助手只训练最后几层，完整训练能检测得更准。'),
};
