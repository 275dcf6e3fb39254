import type { RecordedOp } from '../../../../engine/graph/types.ts';
import type { Translation } from '../translation.ts';

/** Writes one recorded operation as ONNX nodes and binds its outputs. */
export type Rule = (translation: Translation, op: RecordedOp) => void;
export type Rules = Readonly<Record<string, Rule>>;
