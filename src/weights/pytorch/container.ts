/** What both of torch.save's containers come down to. */
import type { StorageReference } from './stored-tensor.ts';

/** An opened file: the unpickled object and access to the bytes of storages. */
export interface Container {
  readonly value: unknown;
  /** The bytes of at least these storages, each of the length its reference promises. */
  readStorages(references: ReadonlyMap<string, StorageReference>): ReadonlyMap<string, Uint8Array>;
}
