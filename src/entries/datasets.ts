/** Labeled images, which both training and evaluation read. */
// Opening, reading and checking.
export type {
  AnnotatedShape,
  ImageAnnotation,
  ShapeFault,
  ShapeFaultKind,
  ShapeGeometry,
} from '../data/annotations/annotation.ts';
export type { Unlabeled } from '../data/annotations/unlabeled.ts';
export type { Problem, ProblemItem, Severity } from '../data/checks/check.ts';
export { type Dataset, openDataset, type OpenDatasetOptions } from '../data/dataset.ts';
export type { DecodedImage, DecodeImage, FileSink, FileSource } from '../data/file-source.ts';
export { type HoldOut, holdOut } from '../data/hold-out.ts';
export type { MaskEncoding } from '../data/mask.ts';
export type { MatArray, MatCells, MatNumbers, MatOther, MatStructs, MatText } from '../data/mat/arrays.ts';
export type { ReadHdf5Mat } from '../data/mat/read-mat.ts';
export type { LayoutFault } from '../data/pairing.ts';
export { readSample } from '../data/read-sample.ts';
export type { LabeledImage, PredictedMask, Sample } from '../data/sample.ts';
export type { ScanOptions } from '../data/scan.ts';
export type { ClassStatistics, SplitStatistics } from '../data/stats.ts';
export { type Verification, verifyDataset } from '../data/verify.ts';
export type { LabelTable } from '../labels/label-table.ts';

// Data sets that are drawn.
export { type ShapesDatasetOptions, writeShapesDataset } from '../data/drawn/shapes-dataset.ts';
export { drawShapes, SHAPE_CLASSES } from '../data/drawn/shapes.ts';
export { STREET_CLASSES } from '../data/drawn/street/classes.ts';
export { drawStreet } from '../data/drawn/street/street-scene.ts';
