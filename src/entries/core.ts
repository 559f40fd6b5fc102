/** RefineNet for any JavaScript platform: models, and what they make of images. It takes bytes and opens no files. */
// Results have Symbol.asyncDispose, which is in none of the libraries that users' projects usually name.
/// <reference lib="esnext.disposable" preserve="true" />

// Segmenting.
export { type ClassReading, type Inspection, Inspector, type StationClasses } from '../inference/inspector.ts';
export type { NetworkSessionOptions } from '../inference/network-session.ts';
export { type Precision, PRECISIONS, type ReducedPrecision } from '../inference/precision.ts';
export { createPredictor, type Predictor, type PredictorOptions } from '../inference/predictor.ts';
export {
  type Averaging,
  type InputSizes,
  type TestTimeView,
  type Protocol,
  PROTOCOL_NAMES,
  type ProtocolName,
  PROTOCOLS,
} from '../inference/protocols.ts';
export type { AbortSignalLike, SegmentOptions } from '../inference/segment-options.ts';
export { type OutputName, segmentationGraph } from '../inference/segmentation/graph.ts';
export type { SegmentationOutputs, SegmentedClass } from '../inference/segmentation/outputs.ts';
export { type Mask, type RegionOptions, Segmentation } from '../inference/segmentation/segmentation.ts';
export { Segmenter, type SegmenterOptions } from '../inference/segmenter.ts';
export {
  type MeasureCostsOptions as CalibrateOptions,
  type MeasuredSizes,
  measureCosts as calibrate,
} from '../measurement/measure-costs.ts';
export type { MachineCosts, TileCosts } from '../runtime/machine-costs.ts';

// A result's files.
export { encodeOutput, OUTPUT_FORMATS, outputFormats } from '../inference/outputs/index.ts';
export type {
  GeoTransform,
  OutputContext,
  OutputFile,
  OutputFormat,
  SegmentationSource,
} from '../inference/outputs/output-format.ts';
export type { RegionFields } from '../inference/outputs/described-regions.ts';
export type { PolygonRegion } from '../inference/outputs/polygon-regions.ts';
export { decodeRunLengths, type RunLengthMask } from '../image/regions/run-lengths.ts';
export type { RunLengthRegion } from '../inference/outputs/run-length-regions.ts';
export { encodeNpy } from '../tensor/npy.ts';

// Models: by name, from the checkpoints and to the files that people have.
export { architecture, ARCHITECTURE_NAMES, type ArchitectureName } from '../models/architectures.ts';
export { type AssembledWeights, type AssembleOptions, assembleWeights, type Reinitialize } from '../models/assemble.ts';
export { type ImportedModel, importModel, type ImportOptions } from '../models/import-model.ts';
export { fromModelConfig, type ModelConfig, toModelConfig } from '../models/folder/config.ts';
export type { Model, ModelDescription } from '../models/model.ts';
export { type StartingModel, startingModel, type StartingModelOptions } from '../models/starting-model.ts';
export { type LayerSummary, type NetworkSummary, type PartSummary, summarize } from '../models/summary.ts';
export type { StoredTensor, Weights, WeightsSource } from '../tensor/weights.ts';
export { meanOfWeights } from '../weights/mean-of-weights.ts';
export { readWeights } from '../weights/read-weights.ts';
export { readSafetensors, type Safetensors, writeSafetensors } from '../weights/safetensors.ts';

// Exports.
export type { Range as ActivationRange } from '../graph/rewrite/quantization-scales.ts';
export type { ActivationRanges } from '../graph/rewrite/quantize-network.ts';
export { calibrateModel } from '../inference/calibrate.ts';
export { checkAgreement, exportReduced } from '../inference/export-precision.ts';
export { exportOnnx } from '../models/export-onnx.ts';

// Networks: definitions, and the graphs that they stand for.
export type { Dimension } from '../graph/dimension.ts';
export type { CoordinateTransformation } from '../graph/ops/resize.ts';
export { type Optimization, OPTIMIZATIONS } from '../graph/rewrite/optimize/inference.ts';
export { toOnnx, type ToOnnxOptions } from '../graph/to-onnx.ts';
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
export type { Activation } from '../models/activations.ts';
export type { EncoderStride, StridePlacement } from '../models/encoders/encoder.ts';
export type { EncoderName } from '../models/encoders/index.ts';
export type { NetworkDefinition } from '../models/families.ts';
export type { AnyDefinition, DetectedNetwork, NetworkFamily, NetworkGeometry } from '../models/family.ts';
export type { Shapes as TensorShapes } from '../models/nearest.ts';
export { network, networkGeometry, networkParameters } from '../models/network.ts';
export { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
export type { Interpolation, PoolingOrder, Skip as SkipPlacement } from '../models/refinenet/blocks.ts';
export { type CascadeName, CASCADES } from '../models/refinenet/cascades.ts';
export type {
  ConditionalRandomField,
  DecoderDefinition,
  ImagePooling,
  RefineNetDefinition,
} from '../models/refinenet/definition.ts';
export { networkStations, type Station } from '../models/stations.ts';
export { refineNet } from '../models/refinenet/refinenet.ts';
export type { VariantOptions, Variation } from '../models/refinenet/variation.ts';
export type { Landmark, Mode as LayerMode, Scope } from '../nn/scope.ts';
export { encodeModel } from '../onnx/encode.ts';
export type {
  Attribute as OnnxAttribute,
  OnnxGraph,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from '../onnx/model.ts';

// Images, labels and classes.
export { colorize } from '../drawing/colorize.ts';
export { type LegendEntry, withLegend } from '../drawing/legend.ts';
export { overlay, type OverlayOptions } from '../drawing/overlay.ts';
export type { InterpolatingFilter } from '../image/axis-weights.ts';
export { type Color, type Image, image } from '../image/image.ts';
export { countLabels, type LabelMap, labelMap } from '../image/label-map.ts';
export type { Pixels } from '../image/pixels.ts';
export { fillPolygon } from '../image/fill-polygon.ts';
export { decodeLabelPng, type DecodeLabelPngOptions, encodeLabelPng, encodePng } from '../image/png.ts';
export type { Stencil } from '../image/stencil.ts';
export { IMAGENET_PREPROCESSING, type ImageSize, preprocess, type Preprocessing } from '../image/preprocess.ts';
export { fromPreprocessorConfig, type PreprocessorConfig, toPreprocessorConfig } from '../image/preprocessor-config.ts';
export { type ResampleFilter, resizeImage, resizeLabelMap } from '../image/resample.ts';
export { classesNamed } from '../labels/classes-named.ts';
export type { LabelClass } from '../labels/label-class.ts';
export { LABEL_SETS, type LabelSet } from '../labels/sets/label-sets.ts';
export { distinctPalette, paletteFor, vocPalette } from '../labels/palette.ts';

// Numbers and the engine.
export {
  type Backend,
  type CostsByDevice,
  type Device,
  DEVICES,
  type DeviceResults,
  type DeviceSession,
  type DeviceSessionOptions,
  type DeviceTensor,
  type DeviceTensors,
  type ExecutableModel,
  type NamedTensors,
  type Session,
  type Preparation,
  type SessionOptions,
} from '../runtime/backend.ts';
export {
  type KeepingOutputs,
  type LoadSession,
  onnxRuntimeBackend,
  type OnnxRuntimeModule,
  type OnnxRuntimeOptions,
} from '../runtime/onnxruntime/backend.ts';
export type { SessionDetails } from '../runtime/onnxruntime/session.ts';
export type { Turn } from '../one-at-a-time.ts';
export { type DataType, float32, int64, type Tensor, tensor, type TensorData } from '../tensor/tensor.ts';

// What is thrown on purpose.
export * from '../errors.ts';
