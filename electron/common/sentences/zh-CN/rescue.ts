import type { rescue as english } from '../en/rescue.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const rescue: Translation<typeof english> = {
  'rescue.attributes': same('有 {count} 个框属性的值既不是文本、数字，也不是“是/否”，未包含在内。'),
  'rescue.testSet': '测试集“{name}”包含哪些图像无法读取；这些图像仍留在测试划分中。',
  'rescue.guide': '类别“{name}”的指南无法完整读取；可读取的部分已保留。',
  'rescue.look': '请将新项目与备份或你记得的内容对照。',
  'rescue.missing': '项目文件 {file} 不存在。',
  'rescue.missing.remedy': '请指定项目文件夹、它的某个备份，或被移到一旁的文件。',
  'rescue.moreImages': same('另有 {count} 张图像的部分内容未包含在内。'),
  'rescue.note': '备注未包含在内：超过 {most} 个字符，或无法读取。',
  'rescue.nothing': '无法从 {file} 读出任何图像。',
  'rescue.nothing.remedy': '请恢复备份：twinhead restore PROJECT。',
  'rescue.orphanBoxes': same('{count} 个框已没有对应的图像或类别，未包含在内。'),
  'rescue.orphanImages': same(
    '{count} 张图像未包含在内：其文件夹已不存在，或其路径超出文件夹范围，或与其他图像相同。',
  ),
  'rescue.outside': same('{count} 个框超出图像范围，未包含在内。'),
  'rescue.renamed': '类别“{name}”现名为“{now}”：原名称不允许使用，或已被另一个类别使用。',
  'rescue.row': '这一行无法读取（{field}），未包含在内。',
  'rescue.rows': same('另有 {count} 行无法读取，未包含在内。'),
  'rescue.tableDamaged': same('{table} 有一部分无法读取；已保存 {count} 行。'),
  'rescue.tableMissing': '缺少表 {table}，或者它不是 Twinhead 创建的。',
  'rescue.there': '{folder} 已存在。',
  'rescue.there.remedy': '请为新项目选择一个名称。',
};
