/**
 * The words that requests choose from. Some stand for registries that are loaded only when they are needed: a command line
 * lists them in its help.
 */
import type { ConversionTarget } from '../data/conversion/convert.ts';
import type { Optimization } from '../graph/rewrite/optimize/inference.ts';
import type { Precision } from '../inference/precision.ts';
import type { ProtocolName } from '../inference/protocols.ts';
import type { Reinitialize } from '../models/assemble.ts';
import type { StridePlacement } from '../models/encoders/encoder.ts';
import type { PoolingOrder, Skip } from '../models/refinenet/blocks.ts';

export const OPTIMIZATION_NAMES = ['speed', 'balanced', 'memory', 'none'] as const satisfies readonly Optimization[];

export const PROTOCOL_NAMES = ['plain', 'refinenet', 'refinenet-cityscapes'] as const satisfies readonly ProtocolName[];

export const PRECISION_NAMES = ['float32', 'float16', 'int8'] as const satisfies readonly Precision[];

/** What a checkpoint's tensors do not show of its network. */
export const POOLING_ORDERS = ['pool-conv', 'conv-pool'] as const satisfies readonly PoolingOrder[];
export const STRIDE_PLACEMENTS = ['3x3', '1x1'] as const satisfies readonly StridePlacement[];
export const SKIPS = ['input', 'rectified'] as const satisfies readonly Skip[];

/** Parts of a network that can be drawn afresh. */
export const REINITIALIZED_PARTS = ['none', 'classifier', 'decoder'] as const satisfies readonly Reinitialize[];

/** What a model can be written as. */
export const EXPORT_FORMAT_NAMES = ['onnx', 'safetensors', 'folder', 'huggingface'] as const;

/** How the masks of a video's frames are kept. */
export const VIDEO_MASKS = ['png', 'video', 'none'] as const;

/** What a data set can be converted to. */
export const CONVERSION_TARGETS = ['masks', 'coco', 'yolo'] as const satisfies readonly ConversionTarget[];

/** What a segmentation can be written as, besides its mask. */
export const OUTPUT_FORMAT_NAMES = [
  'rle',
  'rle-counts',
  'polygons',
  'yolo',
  'geojson',
  'masks',
  'confidence',
  'confidence-npy',
  'entropy',
  'entropy-npy',
] as const;

/** What documents about a segmentation list. */
export const REGIONS = ['class', 'component'] as const;

export type Regions = (typeof REGIONS)[number];
