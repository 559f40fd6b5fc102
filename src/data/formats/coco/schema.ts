/** Says what of COCO's JSON is read. */
import * as z from 'zod/mini';

const id = z.union([z.number(), z.string()]);

const IMAGE = z.object({
  id,
  file_name: z.string(),
  width: z.optional(z.nullable(z.number())),
  height: z.optional(z.nullable(z.number())),
});

const CATEGORY = z.object({
  id: z.number(),
  name: z.string(),
  supercategory: z.optional(z.nullable(z.string())),
  keypoints: z.optional(z.unknown()),
  color: z.optional(z.unknown()),
});

const ANNOTATION = z.object({
  id: z.optional(z.nullable(id)),
  image_id: id,
  category_id: z.optional(z.nullable(z.number())),
  /** Polygons, or run lengths: checked for each, so that what is wrong is said with its number. */
  segmentation: z.optional(z.unknown()),
  bbox: z.optional(z.unknown()),
  iscrowd: z.optional(z.nullable(z.union([z.number(), z.boolean()]))),
  /** Of panoptic labels. */
  file_name: z.optional(z.string()),
  segments_info: z.optional(
    z.array(z.object({ id: z.number(), category_id: z.number(), iscrowd: z.optional(z.nullable(z.number())) })),
  ),
});

export const COCO_SCHEMA = z.object({
  images: z.array(IMAGE),
  categories: z.array(CATEGORY),
  annotations: z.array(ANNOTATION),
});

export type CocoDocument = z.output<typeof COCO_SCHEMA>;
export type CocoImage = CocoDocument['images'][number];
export type CocoCategory = CocoDocument['categories'][number];
export type CocoAnnotation = CocoDocument['annotations'][number];

export interface CocoFile {
  readonly path: string;
  /** Absent where no name of a file or folder says it. */
  readonly split: string | undefined;
  readonly document: CocoDocument;
}

/** Whether its masks are images of segments. */
export const isPanoptic = ({ annotations }: CocoDocument): boolean =>
  annotations.some(({ segments_info }) => segments_info !== undefined);

/** Whether a segmentation is more than an empty list. */
export const hasContent = (segmentation: unknown): boolean =>
  segmentation !== undefined && segmentation !== null && !(Array.isArray(segmentation) && segmentation.length === 0);
