import type { Rectangle } from '../../../common/geometry.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';

const SIDE = 220;
const MARGIN = 34;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/**
 * Precision over recall of one class.
 * @param points by falling score
 */
export function precisionCurve(
  points: readonly { readonly recall: number; readonly precision: number }[],
  titles: { readonly recall: string; readonly precision: string; readonly about: string },
): Markup {
  const x = (recall: number): number => MARGIN + recall * SIDE;
  const y = (precision: number): number => 8 + (1 - precision) * SIDE;
  const line = points.map(({ recall, precision }) => `${x(recall).toFixed(1)},${y(precision).toFixed(1)}`);
  const [width, height] = [MARGIN + SIDE + 12, SIDE + MARGIN + 8];
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${titles.about}">
    ${TICKS.map(
      (tick) =>
        html`<path class="grid" d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}" /><text
            x="${x(tick)}"
            y="${y(0) + 14}"
            text-anchor="middle"
          >
            ${tick}</text
          ><text x="${x(0) - 5}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    <text x="${x(0.5)}" y="${y(0) + 29}" text-anchor="middle">${titles.recall}</text>
    <text transform="rotate(-90)" x="${-y(0.5)}" y="10" text-anchor="middle">${titles.precision}</text>
    <polyline points="${line.join(' ')}" />
  </svg>`;
}

export interface PictureBox extends Rectangle {
  readonly is: 'label' | 'found';
  readonly className: string;
}

/**
 * A picture with boxes on it: labels solid, what was found dashed.
 * @param size of the oriented image, in whose pixels the boxes are
 * @param address data address of a smaller copy
 */
export function pictureWithBoxes(
  address: string,
  { width, height }: { readonly width: number; readonly height: number },
  boxes: readonly PictureBox[],
  about: string,
): Markup {
  const line = Math.max(width, height) / 160;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${about}">
    <image href="${address}" width="${width}" height="${height}" />
    ${boxes.map(
      (box) =>
        html`<rect
          class="${box.is}"
          x="${box.x}"
          y="${box.y}"
          width="${box.width}"
          height="${box.height}"
          stroke-width="${line}"
          stroke-dasharray="${box.is === 'found' ? `${3 * line} ${2 * line}` : 'none'}"
          ><title>${box.className}</title></rect
        >`,
    )}
  </svg>`;
}
