export type { ClassificationEvaluation } from './classification.ts';
export { BoxScorer } from './box-scorer.ts';
export type { FoundBox } from './box-scorer.ts';
export { detectionFigures, evaluateDetections, scoreBoxes } from './detection.ts';
export type { DetectionEvaluation, DetectionInput, DetectionImage } from './detection.ts';
export type { DetectedBox, TrueBox } from './matching.ts';
export { evaluateImageClasses } from './several-classes.ts';
export { overallScore } from './evaluation.ts';
export type { OverallWeights } from './evaluation.ts';
