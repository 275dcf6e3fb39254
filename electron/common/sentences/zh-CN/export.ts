import type { exports as english } from '../en/export.ts';
import type { Translation } from '../types.ts';

export const exports: Translation<typeof english> = {
  'export.cancelled': '导出已取消；没有写入任何内容。',
  'export.noImages': '没有可用于验证导出的图像。',
  'export.noImages.remedy': '请将一些已标注的图像划入验证集或测试集。',
  'export.noEngine': '导出需要 TensorFlow 的原生引擎。',
  'export.noEngine.remedy': '请运行 `npm run setup`，然后重新导出。',
  'export.fileThere': '导出文件夹的位置上已有一个文件。',
  'export.fileThere.remedy': '请选择其他文件夹。',
  'export.foreign': '该文件夹中的 {file} 不是由导出生成的，或此后有改动。',
  'export.foreign.remedy': '请选择其他文件夹，或移走该文件。没有替换任何内容。',
  'export.unknownFormat': '没有“{format}”导出格式。',
  'export.unknownFormat.remedy': '请选择其中之一：{formats}。',
  'export.noRuntime': '这台机器（{platform}，{architecture}）无法加载 ONNX 运行时，因此无法验证导出。',
  'export.noRuntime.remedy': '请在 Linux、Windows 或使用 Apple 芯片的 Mac 上导出该训练任务。',
  'export.refused': 'ONNX 运行时不接受导出的模型：{reason}',
  'export.notTranslated': '该网络无法写成 ONNX：{reason}',
  'export.notTranslated.remedy': '请连同训练任务的配置一起报告此问题。',
  'export.mismatch': '导出的模型与训练的模型结果不一致。{what}',
  'export.mismatch.remedy': '没有写入任何内容。请连同训练任务的配置一起报告此问题。',
  'export.mismatch.length': '其输出 {output} 有 {actual} 个元素，引擎的有 {expected} 个。',
  'export.mismatch.notNumber': '其输出 {output} 含有非数字的值。',
  'export.mismatch.probability': '其输出 {output} 的概率偏差达 {largest}；最多允许 {tolerance}。',
  'export.mismatch.pixels': '其输出 {output} 的偏差达 {largest} 像素；最多允许 {tolerance}。',
};
