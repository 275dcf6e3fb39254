/** A true box in pixels of the network's input. */
export interface NetworkBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly classIndex: number;
  /** Stands for many objects: anchors in it are ignored. */
  readonly crowd: boolean;
}
