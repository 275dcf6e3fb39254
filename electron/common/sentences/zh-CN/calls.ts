import type { calls as english } from '../en/calls.ts';
import type { Translation } from '../types.ts';

export const calls: Translation<typeof english> = {
  'calls.cancelled': '调用已取消。',
  'calls.defect': '{where} 中发生了意外错误（编号 {reference}）。',
  'calls.defect.remedy': '之前保存的内容完好无损。详细信息见日志。',
  'calls.deep': '输入的嵌套超过 {levels} 层。',
  'calls.halfCharacter': '输入的文本中有半个字符（孤立的代理项）。',
  'calls.halfCharacter.remedy': '请重新输入该文本。',
  'calls.input': '{call} 的 {place} 不正确：{problem}。',
  'calls.input.whole': '{call} 的输入不正确：{problem}。',
  'calls.noProject': '没有打开的项目。',
  'calls.noProject.remedy': '请打开一个项目，或新建一个。',
  'calls.notPlain': '输入不是普通数据。',
  'calls.notStream': '{call} 是 {kind}，不是数据流。',
  'calls.projectClosed': '项目已经关闭。',
  'calls.projectClosed.remedy': '请重新打开它。',
  'calls.stream': '{call} 是数据流，只能订阅，不能调用。',
  'calls.streamAfter': '数据流从编号 0 起的某个事件之后继续。',
  'calls.tooMuch': '输入的值多于任何调用所需。',
  'calls.tooMuch.remedy': '请分批发送。',
  'calls.unknown': '没有这个名称的调用。',

  'system.cancelled': '已取消。',
  'system.diskFailed': '磁盘读写失败：{words}',
  'system.diskFailed.remedy': '请检查磁盘及其连接，然后重试；之前保存的内容完好无损。',
  'system.diskFull': '磁盘已满：{words}',
  'system.diskFull.remedy': '请腾出空间后重试；之前保存的内容完好无损。',
  'system.path': '该路径无法使用：{words}',
  'system.path.remedy': '请检查路径：除最后一部分外，每一部分都必须是文件夹。',
  'system.readOnly': '那里不允许写入：{words}',
  'system.readOnly.remedy': '请检查文件夹的权限，或选择其他文件夹。',
};
