import type { Suggestion } from '../../electron/common/entities.ts';
import type { Size } from '../../electron/common/geometry.ts';
import { rectangleToScreen } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';
import { HALO_WIDTH, isInView, LINE_WIDTH, strokeInside, strokeShape } from './overlay.ts';
import { colorOf, haloFor, paintTag, setTagFont } from './tags.ts';
import type { LabelClasses } from './tags.ts';

const DASHES = [5, 3];
const NONE_LOCKED: ReadonlySet<number> = new Set();

/**
 * Suggested boxes over the labels, dashed and with their scores, so that nobody takes one for a label. The one that
 * the next key decides on has a second, white line. Call it after `paintResting`, which clears the canvas.
 */
export function paintSuggestions(
  context: CanvasRenderingContext2D,
  suggestions: readonly Suggestion[],
  currentId: number | null,
  { classes, keys }: { readonly classes: LabelClasses; readonly keys: boolean },
  viewport: Viewport,
  view: Size,
): void {
  // The surest last, so that its tag lies over those of others.
  for (const suggestion of suggestions.toReversed()) {
    const { id, box, score } = suggestion;
    if (box === null) continue;
    const shown = rectangleToScreen(box, viewport);
    if (!isInView(shown, view)) continue;
    const color = colorOf(suggestion, classes);
    strokeShape(context, shown, haloFor(color), HALO_WIDTH);
    context.setLineDash(DASHES);
    strokeShape(context, shown, color, LINE_WIDTH);
    context.setLineDash([]);
    if (id === currentId && shown.width > 8 && shown.height > 8) strokeInside(context, shown, 2.5, 1.5);
    setTagFont(context);
    paintTag(
      context,
      suggestion,
      shown,
      { classes, locked: NONE_LOCKED, keys },
      score === null ? '?' : `${Math.round(score * 100)}%`,
    );
  }
}
