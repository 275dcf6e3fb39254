import type { files as english } from '../en/files.ts';
import type { Translation } from '../types.ts';

export const files: Translation<typeof english> = {
  'files.anotherPlace': '请选择其他位置。',
  'files.link': '{file} 是链接，或位于链接之后。',
  'files.link.remedy': '那里没有写入或删除任何内容。请在该处放置真正的文件夹或文件。',
  'files.name': '“{name}”不是有效的文件名。',
  'files.noFolder': '无法在 {parent} 中创建文件夹。',
  'files.pipe': '这是管道或设备，不是文件。',
  'files.pipe.remedy': '请选择普通文件：其他内容一概不读取。',
  'files.zip.bomb': '压缩包中的 {packed} 会解压成 {size}：没有数据集会这样。',
  'files.zip.damaged': '压缩包已损坏，或不是 zip 文件：{words}',
  'files.zip.encrypted': '该条目已加密。',
  'files.zip.entries': '压缩包的条目超过 {most} 个。',
  'files.zip.large': '该条目过大。',
  'files.zip.link': '该条目是链接或设备，不是文件。',
  'files.zip.method': '该条目使用了无法读取的压缩方式（编号 {method}）。',
  'files.zip.name': '该条目的名称指向压缩包之外，或不是有效的名称。',
  'files.zip.overlap': '压缩包的条目共用同一段数据，这是压缩炸弹的特征。',
  'files.zip.remedy': '未更改任何内容。请重新获取压缩包，或自行解压后使用文件夹。',
  'files.zip.room': '磁盘空间不足以解压该压缩包：需要 {needed}。',
  'files.zip.room.remedy': '请释放一些空间，或选择其他磁盘。',
  'files.zip.sum': '该条目已损坏：校验和不符。',
  'files.zip.twice': '压缩包中有两个同名条目。',
};
