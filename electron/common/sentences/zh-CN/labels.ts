import type { labels as english } from '../en/labels.ts';
import type { Translation } from '../types.ts';
import { same } from './same.ts';

export const labels: Translation<typeof english> = {
  'labels.attribute.boolean': '属性“{name}”须为布尔值，不能是 {value}。',
  'labels.attribute.choice': '属性“{name}”须为 {choices} 之一，不能是 {value}。',
  'labels.attribute.finite': '属性 {name} 不是有限的数字。',
  'labels.attribute.number': '属性“{name}”须为数字，不能是 {value}。',
  'labels.attribute.remedy': '请选择该类型的值。',
  'labels.attribute.text': '属性“{name}”须为文本，不能是 {value}。',
  'labels.box.area': '框的宽和高必须大于 0，而不是 {width} × {height}。',
  'labels.box.area.remedy': '请更正此框，或略过它。',
  'labels.box.finite': '框需要四个有限的数字，而不是 {x}、{y}、{width}、{height}。',
  'labels.box.finite.remedy': '请更正坐标。',
  'labels.box.outside':
    '从（{x}，{y}）到（{right}，{bottom}）的框超出了 {imageWidth} × {imageHeight} 像素的图像。',
  'labels.box.outside.remedy': '请将框裁切到图像之内。',
  'labels.chooseImageClass': '请选择图像类别。',
  'labels.chooseObjectClass': '请选择目标类别。',
  'labels.imageClass': '{name} 是图像类别：不能用于框。',
  'labels.noBox': '此图像没有 id 为 {id} 的框。',
  'labels.noClass': '没有 id 为 {id} 的类别。',
  'labels.noClass.remedy': '它可能已被删除：请重新加载类别。',
  'labels.noSuggestion': '此图像没有 id 为 {id} 的建议。',
  'labels.noSuggestion.remedy': '它可能已被接受或拒绝：请重新加载此图像。',
  'labels.objectClass': '{name} 是目标类别：不能用于图像。',
  'labels.oneClass': '在此项目中，一张图像只有一个类别。',
  'labels.oneClass.remedy': '请选择一个，或在项目设置中允许多个图像类别。',
  'labels.readImage': '它可能已被删除：请重新加载此图像。',
  'labels.refuseState.boxes.empty': same('此图像有 {count} 个框：不能标为无目标。'),
  'labels.refuseState.boxes.unseen': same('此图像有 {count} 个框：不能标为未查看。'),
  'labels.refuseState.class.empty': '此图像有图像类别：不能标为无目标。',
  'labels.refuseState.class.unseen': '此图像有图像类别：不能标为未查看。',
  'labels.refuseState.remedy': '请先移除它的框和类别。',
  'labels.score.finite': '得分不是有限的数字。',
  'labels.tooMany': '一次最多可对一张图像做 {most} 项更改。',
  'labels.tooMany.remedy': '请少选一些框。',
};
