/** A figure that the benchmark can give. */
export interface Figure {
  /** Dotted: domain.what.case. */
  readonly name: string;
  readonly unit: 'ms' | 'share' | 'images/s' | 'MiB';
  /** In the figure's unit: at most this, of rates at least this. Null where it follows from the peer or there is none. */
  readonly budget: number | null;
  /** At most this many times the peer. */
  readonly budgetRatio?: number;
}

export interface Report {
  /** @param baseline what the least that can be done takes, measured in the same sitting: the peer */
  value(name: string, value: number, baseline?: number): void;
  /** A line on standard error. */
  progress(text: string): void;
  /** Which engine was measured, with its version. */
  engine(text: string): void;
}

/** Figures that are measured in one sitting, in a process of their own. */
export interface Subject {
  readonly figures: readonly Figure[];
  /** Measures at least the figures asked for. May throw: what was reported before counts. */
  measure(names: ReadonlySet<string>, report: Report): Promise<void>;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  /** Null where nothing that was measured needs it. */
  readonly engine: string | null;
}

/** One line of the result; the names are a contract with scripts. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: number | null;
  /** The fastest peer's figure in the same unit, measured in the same sitting. */
  readonly peer: number | null;
  /** value / peer. */
  readonly ratio: number | null;
}

/** What the process of a subject sends to the one that started it. */
export type ChildMessage =
  | {
      readonly type: 'value';
      readonly name: string;
      readonly value: number;
      readonly baseline: number | null;
    }
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'engine'; readonly text: string }
  | { readonly type: 'failed'; readonly message: string };
