import type { LabelClass } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';

interface HeadLook {
  readonly label: 'label.imageClass' | 'label.boxes';
  readonly tone: 'what' | 'where';
  /** The kind of classes that it tells apart. */
  readonly classes: LabelClass['kind'];
  /** A colour of tokens.css. */
  readonly color: string;
}

/** How each head is named and coloured, wherever figures stand side by side. */
export const HEAD_LOOKS: Readonly<Record<TaskName, HeadLook>> = {
  imageClass: { label: 'label.imageClass', tone: 'what', classes: 'image', color: '--what' },
  boxes: { label: 'label.boxes', tone: 'where', classes: 'object', color: '--where' },
};
