import type { archive as english } from '../en/archive.ts';
import type { Translation } from '../types.ts';

export const archive: Translation<typeof english> = {
  'archive.again': '请重新获取归档文件。',
  'archive.files': '归档文件中的文件与其清单不符，或清单缺少文件。',
  'archive.inside': '归档文件不能放在要打包的项目之内。',
  'archive.inside.remedy': '请选择其他文件夹。',
  'archive.manifest': '无法读取归档文件的文件清单。',
  'archive.noImage': '归档文件中没有该图像。',
  'archive.noFolder': '文件夹 {folder} 不存在。',
  'archive.noFolder.remedy': '请创建它，或选择其他文件夹。',
  'archive.none': '这个 zip 文件不是 Twinhead 项目。',
  'archive.none.remedy': '如果其中有数据集，请创建项目后在其中导入。',
  'archive.pack.changed': '文件在添加后有改动；归档文件中是它现在的内容。',
  'archive.pack.changed.remedy': '请在“标注”页面检查其标注，或放回原来的文件，然后重新打包项目。',
  'archive.pack.damaged': '文件已无法作为图像读取；归档文件中是它现在的内容。',
  'archive.pack.damaged.remedy': '请换成完好的副本，然后重新打包项目。',
  'archive.pack.missing': '该图像的文件缺失；归档文件中只有它的标注。',
  'archive.pack.missing.remedy': '请找回文件后重新打包项目。',
  'archive.pack.name': '该名称并非在所有系统上可用；归档文件中只有该图像的标注。',
  'archive.pack.name.remedy': '请重命名文件并重新添加其文件夹，然后重新打包项目。',
  'archive.sum': '归档文件中的文件与打包时的不同：校验和不符。',
  'archive.there': '{file} 已存在。',
  'archive.there.remedy': '请为归档文件选择其他名称。',
  'archive.tooNew': '该归档文件由更新版本的 Twinhead 打包。',
};
