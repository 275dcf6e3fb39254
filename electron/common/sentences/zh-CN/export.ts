import type { exports as english } from '../en/export.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const exports: Translation<typeof english> = {
  'export.cancelled': '导出已取消；没有写入任何内容。',
  'export.noImages': '没有可用于验证导出的图像。',
  'export.noImages.remedy': '请将一些已标注的图像划入验证集或测试集。',
  'export.noCalibration': '训练集中没有可用于测量 8 位整数范围的图像。',
  'export.noCalibration.remedy': '请将图像划入训练集，或使用 float32 或 float16 导出。',
  'export.noBoxes': '该训练任务不检测框，因此没有框可抑制。',
  'export.noBoxes.remedy': '导出时请不要勾选“{option}”。',
  'export.noEngine': '导出需要 TensorFlow 的原生引擎。',
  'export.noEngine.remedy': '请运行 `npm run setup`，然后重新导出。',
  'export.fileThere': '导出文件夹的位置上已有一个文件。',
  'export.fileThere.remedy': '请选择其他文件夹。',
  'export.foreign': '该文件夹中的 {file} 不是由导出生成的，或此后有改动。',
  'export.foreign.remedy': '请选择其他文件夹，或移走该文件。没有替换任何内容。',
  'export.unknownFormat': 'Twinhead 无法导出为“{format}”。',
  'export.unknownFormat.remedy': '请选择其中之一：{formats}。',
  'export.noRuntime': '这台机器（{platform}，{architecture}）无法加载 ONNX 运行时，因此无法验证导出。',
  'export.noRuntime.remedy': '请在 Linux、Windows 或使用 Apple 芯片的 Mac 上导出该训练任务。',
  'export.refused': '{runtime} 不接受导出的模型：{reason}',
  'export.notTranslated': '该网络无法写成 {format}：{reason}',
  'export.notTranslated.remedy': '请连同训练任务的配置一起报告此问题。',
  'export.mismatch': '导出的模型与训练所得模型的输出不一致。{what}',
  'export.mismatch.remedy': '没有写入任何内容。请连同训练任务的配置一起报告此问题。',
  'export.mismatch.length': '其输出 {output} 有 {actual} 个元素，引擎的有 {expected} 个。',
  'export.mismatch.notNumber': '其输出 {output} 含有非数字的值。',
  'export.mismatch.probability': '其输出 {output} 的概率偏差达 {largest}；最多允许 {tolerance}。',
  'export.mismatch.pixels': '其输出 {output} 的偏差达 {largest} 像素；最多允许 {tolerance}。',
  'export.drop': '得分 {metric} 从 {engine} 降至 {model}。',
  'export.drop.remedy': '没有写入任何内容。请使用 float32 导出，或允许更大的下降。',
  'export.noScores': '用于验证导出的图像都没有可用于测量得分的标注。',
  'export.mismatch.detections': '其输出 {output} 中的框与 Twinhead 保留的不同。',

  'export.onnx.suppression.name': '在模型内抑制重叠的框',
  'export.onnx.suppression': '增加输出“detections”：按该训练任务的阈值，即 Twinhead 显示的框，得分高的在前。',
  'export.onnx.preprocessing.name': '图像输入',
  'export.onnx.preprocessing':
    '模型以何种形式接收填充后的图像。Ultralytics 的工具给出 0 至 1 的浮点数；若同时在模型内抑制，这些工具即可加载该模型。',
  'export.onnx.preprocessing.none': '0 至 255 的浮点数，通道在前',
  'export.onnx.preprocessing.bytes': '解码所得的字节，通道在后',
  'export.onnx.preprocessing.unit': '0 至 1 的浮点数，通道在前，每次一张图像',

  'export.onnx.precision.name': '精度',
  'export.onnx.precision':
    'float16 使文件减半；int8 使文件约为四分之一，在多数处理器上更快。概率和框的坐标仍为 32 位；得分按你的标注测量。',
  'export.onnx.precision.float32': 'float32，输出相同',
  'export.onnx.precision.float16': 'float16，大小减半',
  'export.onnx.precision.int8': 'int8，约为四分之一大小',
  'export.onnx.opset.name': '算子版本（opset）',
  'export.onnx.opset': '17 可被更多程序读取；仅当某个程序要求 18 时才选 18。',
  'export.onnx.largestDrop.name': '得分最多下降',
  'export.onnx.largestDrop':
    '准确率、mAP50 或 mAP 最多可下降这么多（1%：从 80% 到 79%），否则不写出任何内容。',

  'export.onnx.operation': 'TensorFlow 操作 {operation} 没有对应的 ONNX 操作。',
  'export.tflite.precision':
    'float16 使文件减半；int8 使文件约为四分之一，在多数处理器上更快。得分随后按你的标注测量。',
  'export.tflite.verifiedWhere':
    '此格式在装有 ai-edge-litert 的 Python 中验证（pip install ai-edge-litert；找不到该 Python 时，用 TWINHEAD_PYTHON 指定）。没有时只写出模型，不验证。',

  'export.safetensors.sample.name': '附带一张样例图像',
  'export.safetensors.sample':
    '附加 sample.safetensors：项目的一张图像（网络接收的形式）及其应有的输出；{script} 会运行它。',
  'export.noScript': '缺少导出所需的一个 Twinhead 文件。',
  'export.noScript.remedy': '请重新安装 Twinhead。',

  'export.graph.operation': 'TensorFlow 操作 {operation} 在该格式中没有对应。',
  'export.graph.otherCount': '图像数量不同时，它运行的操作也不同。',
  'export.onnx.weight': '有一个权重取决于图像。',
  'export.graph.constant': '有一个常量取决于图像数量。',
  'export.graph.order': '有一个值在计算之前就被使用。',
  'export.onnx.attribute': '{operation} 缺少属性 {attribute}。',
  'export.onnx.padding': '不支持填充规则 {rule}。',
  'export.onnx.weightType': '不支持非 float32 的权重。',
  'export.onnx.batchNorm': '不支持使用批次统计量的批归一化。',
  'export.onnx.choice': '不支持按整行选择。',
  'export.graph.reshape': '形状中有两条边取决于图像数量。',
  'export.onnx.lookUp': '不支持按图像逐一查表。',
  'export.onnx.slice': '不支持带掩码的步进切片。',

  'export.card.title': 'Twinhead 双头网络，训练任务 {run}',
  'export.card.written': '{producer} 从训练任务“{run}”写出了 {file}（网络 {network}，第 {epoch} 轮）。',
  'export.card.input': '输入',
  'export.card.input.what':
    '{name}：{type} {layout}，边长 {size}，{color}，取值 {low} 至 {high}。模型自行归一化。',
  'export.card.letterbox':
    '按 EXIF 标记校正图像方向。按 边长 / max（宽，高） 缩放到整数像素（四舍五入）。放在 边长 × 边长 的正方形中央（左侧和上方的填充向下取整）。其余部分用填充灰度填满。',
  'export.card.padding': '填充灰度为 {padding}。',
  'export.card.outputs': '输出',
  'export.card.output.detections':
    '[批次，框，6]：x1、y1、x2、y2（填充后输入的像素）、得分、目标类别的序号；得分高的在前，末尾补零',
  'export.card.output.boxes': '[批次，预测，4]：x1、y1、x2、y2，单位为填充后输入的像素',
  'export.card.output.scores': '[批次，预测，目标类别]：置信度，0 至 1，尚未抑制重叠的框',
  'export.card.output.oneClass': '[批次，图像类别]：每个图像类别的概率，总和为 1',
  'export.card.output.severalClasses':
    '[批次，图像类别]：每个图像类别各自的概率；达到 {threshold} 即表示图像属于该类别',
  'export.card.imageClasses': '图像类别：{names}。',
  'export.card.objectClasses': '目标类别：{names}。',
  'export.card.noClasses': '无',
  'export.card.unit': '填充后输入的像素',
  'export.card.boxes':
    '框：{format}，单位为{unit}。要得到 Twinhead 显示的框，请舍弃得分低于 {minScore} 的框，抑制同类别中重叠（交并比）超过 {iou} 的框，并保留得分最高的 {most} 个。',
  'export.card.boxes.inside':
    '框：{format}，单位为{unit}。输出 detections 即 Twinhead 显示的框：每个类别从其阈值起（没有自己的阈值时为 {minScore}），去掉与同类别更好的框重叠（交并比）超过 {iou} 的框，保留得分最高的 {most} 个。',
  'export.card.unverified': '已写出，未验证',
  'export.card.verified': '已验证',
  'export.card.verified.how': same('已在项目的 {count} 张图像上比较 {runtime} 与 {engine}。最大绝对差异：'),
  'export.card.detections': same('{output}：{count} 个框，与 Twinhead 保留的相同，顺序一致'),
  'export.card.times':
    '每张图像 {runtime} 用时 {there} 毫秒，{engine} 用时 {here} 毫秒。哈希、版本和图像见 {file}。',
  'export.card.calibrated': same('其整数的范围在训练集的 {count} 张图像上测量。'),
  'export.card.beside':
    '大小为 {size}，每张图像用时 {time} 毫秒；float32 为 {exactSize} 和 {exactTime} 毫秒。',
  'export.card.difference.probability': '{output}：概率 {largest}（允许：{allowed}）',
  'export.card.difference.probability.any': '{output}：概率 {largest}',
  'export.card.difference.pixels.any': '{output}：{largest} 像素',
  'export.card.score': '{metric}：{model}，引擎为 {engine}',
  'export.card.difference.pixels': '{output}：{largest} 像素（允许：{allowed}）',
};
