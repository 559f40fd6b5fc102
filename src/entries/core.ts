/** RefineNet for any JavaScript platform: networks as graphs, weights, images and segmentation; takes bytes, opens no files. */
// Results have Symbol.asyncDispose, which is in none of the libraries that users' projects usually name.
/// <reference lib="esnext.disposable" preserve="true" />
export { classesNamed } from '../labels/classes-named.ts';
export type { LabelClass, LabelClass as DatasetClass, LabelClass as ModelClass } from '../labels/label-class.ts';
export { type Dataset, type OpenDatasetOptions, openDataset } from '../data/dataset.ts';
export { drawShapes, SHAPE_CLASSES } from '../data/drawn/shapes.ts';
export { type ShapesDatasetOptions, writeShapesDataset } from '../data/drawn/shapes-dataset.ts';
export { STREET_CLASSES } from '../data/drawn/street/classes.ts';
export { drawStreet } from '../data/drawn/street/street-scene.ts';
export type { DecodeImage, FileSink, FileSource } from '../data/file-source.ts';
export { type HoldOut, holdOut } from '../data/hold-out.ts';
export { createLoader, type Loader, type LoaderOptions, type Shard } from '../data/loader.ts';
export { readSample } from '../data/read-sample.ts';
export type { LabelledImage, Sample } from '../data/sample.ts';
export type { TransformRecipe } from '../data/transforms/index.ts';
export { type Verification, verifyDataset } from '../data/verify.ts';
export * from '../errors.ts';
export { ABSENT_RULE_NAMES, ABSENT_RULES, type AbsentRule, type AbsentRuleName } from '../evaluation/absent-classes.ts';
export { BOUNDARY_TOLERANCE, type BoundaryScore, boundaryScores } from '../evaluation/boundary.ts';
export { ConfusionMatrix } from '../evaluation/confusion.ts';
export { confusionPicture } from '../evaluation/confusion-picture.ts';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type ImageScore,
  type Predict,
} from '../evaluation/evaluate.ts';
export { type ClassMetrics, type Metrics, metricsOf } from '../evaluation/metrics.ts';
export { ProbabilityMean } from '../evaluation/probability-mean.ts';
export { type EvaluationReport, evaluationReport } from '../evaluation/report.ts';
export { type ImageSegmenter, segmenterPredictions } from '../evaluation/segmenter-predictions.ts';
export { WorstImages } from '../evaluation/worst-images.ts';
export { nodeCosts } from '../graph/cost.ts';
export type { ActivationRanges } from '../graph/rewrite/quantize.ts';
export { OPTIMIZATIONS, type Optimization, optimizeInference } from '../graph/rewrite/optimize.ts';
export { optimizeTraining } from '../graph/rewrite/optimize-training.ts';
export { toOnnx } from '../graph/to-onnx.ts';
export { parametersOf } from '../graph/walk.ts';
export { colorize } from '../drawing/colorize.ts';
export { type Color, type Image, image } from '../image/image.ts';
export { countLabels, type LabelMap, labelMap } from '../image/label-map.ts';
export { LABEL_SETS, type LabelSet } from '../labels/label-sets.ts';
export { type LegendEntry, withLegend } from '../drawing/legend.ts';
export { type OverlayOptions, overlay } from '../drawing/overlay.ts';
export { distinctPalette, paletteFor, vocPalette } from '../labels/palette.ts';
export { decodeLabelPng, encodeLabelPng, encodePng } from '../image/png.ts';
export { IMAGENET_PREPROCESSING, type Preprocessing, preprocess } from '../image/preprocess.ts';
export { fromPreprocessorConfig, toPreprocessorConfig } from '../image/preprocessor-config.ts';
export { type ResampleFilter, resizeImage, resizeLabelMap } from '../image/resample.ts';
export { encodeOutput, OUTPUT_FORMATS, outputFormats } from '../inference/outputs/index.ts';
export {
  checkOutputContext,
  type OutputContext,
  type OutputFile,
  type OutputFormat,
} from '../inference/outputs/output-format.ts';
export { calibrateModel } from '../inference/calibrate.ts';
export { checkAgreement, exportReduced } from '../inference/export-precision.ts';
export { decodeRunLengths } from '../inference/outputs/regions/run-lengths.ts';
export { PRECISIONS, type Precision, type ReducedPrecision } from '../inference/precision.ts';
export { createPredictor, type Predictor, type PredictorOptions } from '../inference/predictor.ts';
export { PROTOCOL_NAMES, PROTOCOLS, type Protocol, type ProtocolName } from '../inference/protocols.ts';
export type { SegmentOptions } from '../inference/segment-options.ts';
export { Segmentation } from '../inference/segmentation.ts';
export type { SegmentationOutputs, SegmentedClass } from '../inference/segmentation-outputs.ts';
export { type OutputName, segmentationGraph } from '../inference/segmentation-graph.ts';
export { Segmenter, type SegmenterOptions } from '../inference/segmenter.ts';
export { type CalibrateOptions, calibrate } from '../measurement/calibrate.ts';
export { ARCHITECTURE_NAMES, type ArchitectureName, architecture } from '../models/architectures.ts';
export { assembleWeights } from '../models/assemble.ts';
export type { NetworkDefinition } from '../models/families.ts';
export { exportOnnx } from '../models/export-onnx.ts';
export { type ImportedModel, importModel } from '../models/import-model.ts';
export type { Model, ModelDescription } from '../models/model.ts';
export { fromModelConfig, toModelConfig } from '../models/model-config.ts';
export { network, networkGeometry, networkParameters } from '../models/network.ts';
export { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
export { CASCADES, type CascadeName } from '../models/refinenet/cascades.ts';
export type { DecoderDefinition, RefineNetDefinition } from '../models/refinenet/definition.ts';
export { refineNet } from '../models/refinenet/refinenet.ts';
export type { Variation } from '../models/refinenet/variation.ts';
export {
  type StartingModel,
  type StartingModelOptions,
  startingModel,
} from '../models/starting-model.ts';
export { type NetworkSummary, summarize } from '../models/summary.ts';
export { encodeModel } from '../onnx/encode.ts';
export { type Backend, DEVICES, type Device, type Session, type SessionOptions } from '../runtime/backend.ts';
export type { MachineCosts } from '../runtime/machine-costs.ts';
export { type OnnxRuntimeModule, onnxRuntimeBackend } from '../runtime/onnxruntime.ts';
export { type DataType, float32, int64, type Tensor, tensor } from '../tensor/tensor.ts';
export type { StoredTensor, Weights, WeightsSource } from '../tensor/weights.ts';
export type { TrainingConfiguration } from '../training/configuration.ts';
export type { EpochRecord, LogRecord, StepRecord, ValidationRecord } from '../training/run/log.ts';
export type { BatchSource, StepReport, TrainingCallbacks } from '../training/run/run-parts.ts';
export { estimateMemory, type MemoryEstimate } from '../training/memory-estimate.ts';
export { type PlanOptions, planTraining, replan, type TrainingOverrides, type TrainingPlan } from '../training/plan.ts';
export { PRESET_NAMES, PRESETS, type Preset, type PresetName } from '../training/presets.ts';
export type { RunStorage } from '../training/run/run-storage.ts';
export {
  type StartingModelForOptions,
  startingModelFor,
  type TrainableModel,
} from '../training/starting-model-for.ts';
export { addSums } from '../training/step/gradient-sums.ts';
export { createStep } from '../training/step/step.ts';
export { initialState } from '../training/step/state.ts';
export { readRun, type SavedRun, train, type TrainOptions, type TrainResult } from '../training/run/trainer.ts';
export type * from '../training/step/types.ts';
export { readWeights } from '../weights/read-weights.ts';
export { readSafetensors, writeSafetensors } from '../weights/safetensors.ts';

// What the types above are made of.
export type { LabelTable } from '../labels/label-table.ts';
export type { AugmentationKey, Batch as LoadedBatch, LoaderState } from '../data/loader.ts';
export type { MaskEncoding } from '../data/mask.ts';
export type { LayoutFault } from '../data/pairing.ts';
export type { TransformStep } from '../data/transforms/index.ts';
export type { Transform, TransformKind } from '../data/transforms/transform.ts';
export type { ByteLabels, View, Window } from '../data/transforms/view.ts';
export type { BoundaryMetrics, EvaluatedImage, ImageFailure } from '../evaluation/evaluate.ts';
export type { NodeCost } from '../graph/cost.ts';
export type { Dimension } from '../graph/dimension.ts';
export type { CoordinateTransformation } from '../graph/ops/resize.ts';
export type { FoldingEngine, WeightedGraph } from '../graph/rewrite/fold-constants.ts';
export type { OptimizeOptions, OptimizedGraph } from '../graph/rewrite/optimize.ts';
export type { Range as ActivationRange } from '../graph/rewrite/quantization-scales.ts';
export type { Outputs as GraphOutputs } from '../graph/rewrite/rewrite.ts';
export type { ToOnnxOptions } from '../graph/to-onnx.ts';
export type {
  Initializer,
  Node as GraphNode,
  Op as Operator,
  Parameter,
  Shape as ValueShape,
  Source as ValueSource,
  Value,
  ValueType,
} from '../graph/value.ts';
export type { DecodeLabelPngOptions } from '../image/png.ts';
export type { ImageSize } from '../image/preprocess.ts';
export type { PreprocessorConfig } from '../image/preprocessor-config.ts';
export type { NetworkSessionOptions } from '../inference/network-session.ts';
export type { GeoTransform, SegmentationSource } from '../inference/outputs/output-format.ts';
export type { RunLengthMask } from '../inference/outputs/regions/run-lengths.ts';
export type { Averaging, InputSizes, Pass } from '../inference/protocols.ts';
export type { AbortSignalLike } from '../inference/segment-options.ts';
export type { Mask, RegionOptions } from '../inference/segmentation.ts';
export type { PolygonRegion } from '../inference/outputs/polygon-regions.ts';
export type { RunLengthRegion } from '../inference/outputs/run-length-regions.ts';
export type { Activation } from '../models/activations.ts';
export type { AssembleOptions, AssembledWeights, Reinitialise } from '../models/assemble.ts';
export type { StridePlacement } from '../models/encoders/encoder.ts';
export type { EncoderName } from '../models/encoders/index.ts';
export type { ImportOptions } from '../models/import-model.ts';
export type { ModelConfig } from '../models/model-config.ts';
export type { AnyDefinition, DetectedNetwork, NetworkFamily, NetworkGeometry } from '../models/family.ts';
export type { Shapes as TensorShapes } from '../models/nearest.ts';
export type { PoolingOrder, Skip as SkipPlacement } from '../models/refinenet/blocks.ts';
export type { VariantOptions } from '../models/refinenet/variation.ts';
export type { LayerSummary, PartSummary } from '../models/summary.ts';
export type { Mode as LayerMode, Scope } from '../nn/scope.ts';
export type {
  Attribute as OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from '../onnx/model.ts';
export type { ExecutableModel, NamedTensors } from '../runtime/backend.ts';
export type { TileCosts } from '../runtime/machine-costs.ts';
export type { OnnxRuntimeOptions } from '../runtime/onnxruntime.ts';
export type { RandomStream } from '../tensor/random.ts';
export type { TensorData } from '../tensor/tensor.ts';
export type { AugmentationAdjustments } from '../training/augmentation.ts';
export type { RunState } from '../training/run/checkpoint.ts';
export type { LossWatch } from '../training/run/loss-watch.ts';
export type { ClassWeighting } from '../training/presets.ts';
export type { FolderFiles } from '../training/run/run-storage.ts';
export type { ScheduleDefinition } from '../training/schedules.ts';
export type { BatchShape } from '../training/step/step-graph.ts';
export type { StepOptions } from '../training/step/step.ts';
export type { StepFactory } from '../training/run/trainer.ts';
export type {
  PredictedSample,
  StopSignal,
  Validate,
  ValidateOptions,
  ValidationResult,
} from '../training/run/validate.ts';
export type { Safetensors } from '../weights/safetensors.ts';
export type { Problem, ProblemItem, Severity } from '../data/checks/check.ts';
export type { DecodedImage } from '../data/file-source.ts';
export type { ScanOptions } from '../data/scan.ts';
export type { ClassStatistics, SplitStatistics } from '../data/stats.ts';
export type { PixelCounts } from '../evaluation/metrics.ts';
export type { InterpolatingFilter } from '../image/axis-weights.ts';
export type { Pixels } from '../image/pixels.ts';
