import type { formats as english } from '../en/formats.ts';
import type { Translation } from '../types.ts';

export const formats: Translation<typeof english> = {
  'formats.again': '文件可能被截断，请重新导出。',
  'formats.correct': '请在源文件中更正后重新导入。',
  'formats.noClass': '该框没有类别，已略过。',
  'formats.noFrame': '{name} 框没有可用的帧号，已略过。',
  'formats.noImage': '该条目没有指明图像，已略过。',
  'formats.noNumbers': '{name} 框缺少四个数值，已略过。',
  'formats.noShape': '{name} 的形状是 {shape}，没有对应的框，已略过。',
  'formats.noSize': '{image} 的尺寸未知，而它的框是按图像比例给出的，已略过这些框。',
  'formats.noSize.remedy': '请检查图像文件，或指明图像所在的文件夹。',
  'formats.none': '这里没有 {format} 文件。',
  'formats.none.remedy': '请选择该文件或其所在的文件夹。',
  'formats.notList': '文件中缺少 {format} 应有的列表。',
  'formats.notObject': '该条目不是对象，已略过。',
  'formats.outlines': {
    one: '{count} 个轮廓或旋转框已转换为其外接正框。',
    other: '{count} 个轮廓或旋转框已转换为其外接正框。',
  },
  'formats.outlines.remedy': '其顶点与框一同保留。',
  'formats.severalAnnotations': {
    one: '{image} 有多份标注，其余 {count} 份已略过。',
    other: '{image} 有多份标注，其余 {count} 份已略过。',
  },
  'formats.severalAnnotations.remedy': '以基准标注为准，没有时以最新的一份为准。',
  'formats.unknownLabel': '标签 {label} 不在列表中，该条目已略过。',
  'formats.xml': '该文件不是可用的 XML：{problem}',
};
