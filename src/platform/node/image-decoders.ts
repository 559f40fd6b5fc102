/**
 * The readers of libvips that a process of ours may use. What a file is, its first bytes say; this holds where they are taken for
 * another format than libvips takes them for.
 */
import type sharp from 'sharp';
import type { ImageFormat } from '../../image/image-kinds.ts';

/** What libvips calls a format that it has read, and its reader of bytes. */
interface Decoder {
  readonly format: string;
  readonly operation: string;
}

/** By the format that the first bytes show. */
export const DECODERS: Readonly<Record<ImageFormat, Decoder>> = {
  JPEG: { format: 'jpeg', operation: 'VipsForeignLoadJpegBuffer' },
  PNG: { format: 'png', operation: 'VipsForeignLoadPngBuffer' },
  WebP: { format: 'webp', operation: 'VipsForeignLoadWebpBuffer' },
  TIFF: { format: 'tiff', operation: 'VipsForeignLoadTiffBuffer' },
  AVIF: { format: 'heif', operation: 'VipsForeignLoadHeifBuffer' },
};

let isAsked = false;
let isDone = false;

/**
 * Refuses all other readers in this process, from the first image on: sharp itself need not be loaded for it. For programs alone,
 * since it holds for whoever else uses sharp in the process.
 */
export function refuseOtherDecoders(): void {
  isAsked = true;
}

/** Does what the process was asked for, once. */
export function settleDecoders({ block, unblock }: Pick<typeof sharp, 'block' | 'unblock'>): void {
  if (!isAsked || isDone) return;
  block({ operation: ['VipsForeignLoad'] });
  unblock({ operation: Object.values(DECODERS).map(({ operation }) => operation) });
  isDone = true;
}
