import type { imports as english } from '../en/import.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const imports: Translation<typeof english> = {
  'import.boxesKept': same(
    '来源中有 {count} 个框未导入：它们在这里已被更改或删除，图像已标为无目标，或无法确定对应哪个框。',
  ),
  'import.boxesKept.remedy':
    '若要查看它们，请对已有标注的图像选择“作为建议”重新导入；若要采用它们，请选择“替换”。',
  'import.classesKept': {
    one: '来源给出了另一个类别，有 {count} 张图像保留了自己的类别。',
    other: '来源给出了另一个类别，有 {count} 张图像保留了自己的类别。',
  },
  'import.classesKept.remedy':
    '若要查看其他类别，请对已有标注的图像选择“作为建议”重新导入；若要采用它们，请选择“替换”。',
  'import.splitsKept': same('测试集已锁定，{count} 张图像的划分保持不变。'),
  'import.splitsKept.remedy': '如需采用文件中的划分，请在“数据集”页面解锁测试集。',
};
