/** RefineNet for any JavaScript platform: networks as graphs, weights, images and segmentation; takes bytes, opens no files. */
export * from './errors.ts';
export { nodeCosts } from './graph/cost.ts';
export { toOnnx } from './graph/to-onnx.ts';
export { parametersOf } from './graph/walk.ts';
export { colorize } from './image/colorize.ts';
export { type Color, type Image, image } from './image/image.ts';
export { countLabels, type LabelMap, labelMap } from './image/label-map.ts';
export { LABEL_SETS, type LabelSet } from './image/label-sets.ts';
export { type LegendEntry, withLegend } from './image/legend.ts';
export { type OverlayOptions, overlay } from './image/overlay.ts';
export { distinctPalette, paletteFor, vocPalette } from './image/palette.ts';
export { decodeLabelPng, encodeLabelPng, encodePng } from './image/png.ts';
export { IMAGENET_PREPROCESSING, type Preprocessing, preprocess } from './image/preprocess.ts';
export { fromPreprocessorConfig, toPreprocessorConfig } from './image/preprocessor-config.ts';
export { type ResampleFilter, resizeImage, resizeLabelMap } from './image/resample.ts';
export { Segmentation, type SegmentedClass } from './inference/segmentation.ts';
export { type OutputName, segmentationGraph } from './inference/segmentation-graph.ts';
export { Segmenter, type SegmenterOptions } from './inference/segmenter.ts';
export {
  ARCHITECTURE_NAMES,
  type ArchitectureName,
  architecture,
  CASCADES,
  type CascadeName,
  type Variation,
} from './models/architectures.ts';
export { assembleWeights } from './models/assemble.ts';
export type { DecoderDefinition, NetworkDefinition } from './models/definition.ts';
export { exportOnnx } from './models/export-onnx.ts';
export { type ImportedModel, importModel } from './models/import-model.ts';
export type { Model, ModelClass, ModelDescription } from './models/model.ts';
export { fromModelConfig, toModelConfig } from './models/model-config.ts';
export { LOGITS, PIXEL_VALUES, pixelValues, refineNet } from './models/refinenet.ts';
export { type NetworkSummary, summarize } from './models/summary.ts';
export { encodeModel } from './onnx/encode.ts';
export { type Backend, DEVICES, type Device, type Session, type SessionOptions } from './runtime/backend.ts';
export { type OnnxRuntimeModule, onnxRuntimeBackend } from './runtime/onnxruntime.ts';
export { type DataType, float32, int64, type Tensor, tensor } from './tensor/tensor.ts';
export type { StoredTensor, Weights, WeightsSource } from './tensor/weights.ts';
export { readWeights } from './weights/read-weights.ts';
export { readSafetensors, writeSafetensors } from './weights/safetensors.ts';
