import type { training as english } from '../en/training.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const training: Translation<typeof english> = {
  'training.reason.pretrained': '从 ImageNet 预训练网络（lite0）开始，有助于识别照片。',
  'training.reason.headsOnly': same(
    '只有 {count} 张图像，因此仅训练各个头，很快就能得到第一个模型。以后图像增多时，将冻结的阶段数（freeze.stages）设为 2 可让主干的大部分也参与训练：较慢，但效果更好。',
  ),
  'training.reason.small': 'nano：小而快，从零开始学习 {pixels} 像素的图像。',
  'training.reason.input.image': '输入 {pixels} 像素：与你的图像大小相近。',
  'training.reason.input.machine':
    '输入 {pixels} 像素：更大的输入有利于最小的目标，但在这台机器上训练会很慢。',
  'training.reason.input.boxes': '输入 {pixels} 像素：较小的框仍有约 {side} 像素宽。',
  'training.reason.batch': '批大小 {batch}，使每轮至少有 16 步。',
  'training.reason.batch.few': '批大小 {batch}：图像太少，每轮不足 16 步。',
  'training.reason.epochs': same('{epochs} 轮：{count} 张训练图像，共约 {steps} 步。'),
  'training.reason.boxes': 'dense 检测头：每张图像平均 {mean} 个框，最多 {most} 个。',
  'training.reason.several': '图像可有多个类别：每个类别单独判断有无。',
  'training.reason.mirrored':
    '一半图像左右镜像：如果镜像会改变类别（例如文字），请将水平翻转（augment.flip）设为 0。',
  'training.reason.notMirrored':
    '未使用镜像。如果目标镜像后看起来不变，请将水平翻转（augment.flip）设为 0.5，通常会有帮助。',

  'training.noImages': '项目中没有可供训练的图像。',
  'training.noImages.remedy': '请添加图像并标注。',
  'training.noLabels': '没有任何图像有标注。',
  'training.noLabels.remedy': '请为图像指定类别，或在图像上画框。',
  'training.oneLabelled': '只有一张图像有标注：可用于学习，但没有图像可用于检验。',
  'training.oneLabelled.remedy': '请标注更多图像；约五十张即可开始。',
  'training.noTrain': '训练集中没有已标注的图像。',
  'training.noValidation': '验证集中没有已标注的图像，因此无从判断何时停止。',
  'training.splits.remedy': '请划分数据集（“数据集”页面 → 划分），例如 70% 训练、15% 验证、15% 测试。',
  'training.notJudgeable': '验证集中没有可用于检验所训练的头的标注，因此无从判断哪一轮最好。',
  'training.notJudgeable.remedy':
    '请把带有此类标注的图像移入验证集（“数据集”页面 → 划分），或在验证集中标注一些。',
  'training.noWeight': '两个头的权重都是 0。',
  'training.noWeight.remedy': '请将 weights.imageClass 或 weights.boxes 设为大于 0。',
  'training.oneClass': '所有训练图像的类别都是“{name}”，且没有框：没有可区分的内容。',
  'training.oneClass.remedy': '请标注至少两个类别的图像，或画框。',
  'training.nothingToLearn': '训练图像没有所选的头可以学习的标注。',
  'training.nothingToLearn.remedy': '请标注至少两个类别的图像，或画框，或将另一个头的权重设为大于 0。',
  'training.severalClasses': same('{count} 张图像有多个类别，但 imageHead.classes 为 one。'),
  'training.severalClasses.remedy': '请将 imageHead.classes 设为 several，或让每张图像只有一个类别。',
  'training.alignmentMemory':
    'dense.assignment 为 taskAligned 时，输入尺寸 {inputSize} 下每批 {images} 张图像，每张要把最多 {boxes} 个框与 {anchors} 个锚点比较：需要 {memory} 内存。',
  'training.alignmentMemory.batch': '请将 batch 设为不超过 {batch}，或将 dense.assignment 设为 atss。',
  'training.alignmentMemory.input': '请将 dense.assignment 设为 atss，或减小 inputSize。',

  'training.boxes.notJudgeable': '验证集中没有带框的图像：检测头会训练，但无从得知效果如何。',
  'training.boxes.notLearnable': '训练图像没有框：不训练检测头。',
  'training.boxes.none': '类别“{name}”在训练图像中没有框：无法学习。',
  'training.boxes.noneOfMany': '{count} 个类别在训练图像中没有框，无法学习：{names}，以及另外 {more} 个。',
  'training.boxes.few': same('类别“{name}”在训练图像中只有 {count} 个框：效果有限。{remedy}'),
  'training.boxes.fewOfMany':
    '{count} 个类别在训练图像中的框少于 {few} 个，效果有限：{names}，以及另外 {more} 个。{remedy}',
  'training.boxes.tiny':
    '输入尺寸为 {inputSize} 时，{total} 个框中有 {tiny} 个不足 4 像素：几乎无法找到。增大输入尺寸会有帮助。',
  'training.boxes.unreachable':
    '输入尺寸为 {inputSize} 时，{total} 个框中有 {small} 个小于检测头能分辨的 {stride} 像素；其中 {unreachable} 个无法学习，因为同一位置已有另一个框。增大输入尺寸会有帮助。',
  'training.boxes.overSlots':
    '{images} 张训练图像的框数超过 {slots} 个槽位：多出的框不会学习。请增大 slots.count，或使用 dense 检测头。',
  'training.imageClass.notJudgeable': '验证集中没有带图像类别的图像：图像类别头会训练，但无从得知效果如何。',
  'training.imageClass.notLearnable': '训练图像的图像类别少于两个：不训练图像类别头。',
  'training.imageClass.none': '没有训练图像属于类别“{name}”：无法学习。',
  'training.imageClass.noneOfMany': '{count} 个类别没有训练图像，无法学习：{names}，以及另外 {more} 个。',
  'training.imageClass.few': same('类别“{name}”只有 {count} 张训练图像：效果有限。{remedy}'),
  'training.imageClass.fewOfMany':
    '{count} 个类别的训练图像少于 {few} 张，效果有限：{names}，以及另外 {more} 个。{remedy}',
  'training.few.remedy': '请标注更多，或与其他类别合并，或让其图像重复出现（sampling.balance）。',
  'training.fewOfMany.remedy': '请标注更多，或合并类别，或让其图像重复出现（sampling.balance）。',

  'training.loading': '正在加载 TensorFlow',
  'training.compiling': '正在编译网络',
  'training.computingFeatures': '正在计算冻结主干的特征：第 {done} / {total} 份图像副本',
  'training.featuresKept': '主干已冻结：每张图像保留 {copies} 份副本的特征（{seconds} 秒，{megabytes} MB）',
  'training.featuresKept.mosaic':
    '主干已冻结：每张图像保留 {copies} 份副本的特征（{seconds} 秒，{megabytes} MB）；主干开始训练后才使用拼接图像',
  'training.trunkLearns': '第 {epoch} 轮：主干从此开始训练；重新编译用时 {seconds} 秒',
  'training.network.graph': '{network}：{parameters}个参数，每张图像 {multiplyAdds}次乘加，编译为一个计算图',
  'training.network.operations': '{network}：{parameters}个参数，每张图像 {multiplyAdds}次乘加，逐个操作运行',
  'training.network.noted': '{network}，计算精度：{note}',
  'training.precision.noGraph': '使用 float32，因为混合精度需要计算图',
  'training.precision.bfloat16': '卷积使用 bfloat16',
  'training.precision.emulated': '卷积使用 bfloat16，此设备需要模拟',
  'training.precision.unknownCard': '使用 float32，因为显卡的计算能力未知',
  'training.precision.oldCard':
    '使用 float32，因为计算能力 {capability} 的显卡不支持 bfloat16（需要 8.0 或更高）',
  'training.noBfloat16': '此设备无法以 bfloat16 训练（{reason}）；卷积改用 float32 计算。',
  'training.notCompiled': '训练步无法编译（{reason}）；改为逐个操作运行，速度较慢。',
  'training.noProfile': '此引擎的操作无法计时：不生成性能分析。',
  'training.profiling': '正在为训练步的各个操作计时',
  'training.balanced': '类别已平衡：每轮使用 {shown} 张图像，而不是 {images} 张：{classes}',
  'training.balanced.more':
    '类别已平衡：每轮使用 {shown} 张图像，而不是 {images} 张：{classes}，以及另外 {more} 个类别',
  'training.balanced.class': '含“{name}”的图像 × {factor}',
  'training.notBalanced': 'sampling.balance {threshold}：没有类别稀有到需要重复',
  'training.memoryRanOut': '批大小 {size} 时内存不足：改用批大小 {smaller} 继续。',
  'training.dataChanged': '此训练任务开始后图像或标注有改动：将使用新的继续。',
  'training.leftOut': same('{leftOut}；不用于训练。'),
  'training.withoutEffect': '只训练一个头，没有可共享的内容：{settings} 不起作用。',
  'training.stillImproving':
    '最后一轮是最好的一轮：此训练任务结束时仍在提高。可以让它继续训练，例如到第 {epochs} 轮。',
  'training.chosen': same('只学习开始时符合已保存的筛选“{name}”的 {count} 张训练图像；用整个验证集验证。'),
  'training.goesOn': '已完成的训练任务从第 {epoch} 轮之后继续，共 {epochs} 轮。学习率重新开始。',

  'training.ended.finished': '已完成',
  'training.ended.byYou': '由你停止',
  'training.ended.early': same('提前停止：验证得分连续 {count} 轮没有提高（最佳：第 {best} 轮）'),
  'training.ended.program': '训练过程中程序退出了',
  'training.ended.notNoted': '未能记录其结束',

  'training.notFinite': '第 {step} 步（第 {epoch} 轮）时，{name} 的{what}变成了 {value}。',
  'training.notFinite.remedy':
    '请降低 optimizer.learningRate 或 optimizer.clipNorm；最后一个正常的检查点已保留。',
  'training.notFinite.infinite': '无穷大',
  'training.notFinite.loss': '损失',
  'training.notFinite.weight': '权重',
  'training.notFinite.gradient': '梯度',
  'training.stateNotFinite': '到第 {step} 步（第 {epoch} 轮）时，{name} 的{what}变成了 {value}。',
  'training.state.parameters': '权重',
  'training.state.statistics': '批归一化统计量',
  'training.state.ema': '平均权重',
  'training.state.weighting': '头的权重系数',
  'training.state.moments': '优化器动量',
  'training.answersNotFinite': '第 {step} 步（第 {epoch} 轮）之后，验证图像的输出 {output} 不再是数字。',
  'training.classesChanged': '此训练任务开始后，项目的类别有改动。',
  'training.classesChanged.remedy': '请开始新的训练任务。',
  'training.otherNetwork': '该检查点属于另一个网络。',
  'training.otherNetwork.remedy': '请用网络 {network} 开始新的训练任务。',
  'training.otherSize': '解码后的图像与配置的尺寸不同。',
  'training.otherSize.remedy': '请按 {pixels} 像素解码。',
  'training.died': '训练线程意外退出（状态 {status}）。',
  'training.died.remedy': '请继续该训练任务：它会从最后一个检查点接着训练。',
};
