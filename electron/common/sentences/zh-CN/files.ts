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
};
