/** What an engine was measured to do on a machine, with all its threads or on its graphics card; times in nanoseconds. */
export interface MachineCosts {
  /** A multiply-add of a 3 x 3 convolution, and how many channels its kernels take together. */
  readonly convolution: { readonly multiplyAdd: number; readonly block: number };
  /**
   * A multiply-add in training, whose weights are not known at loading, of the convolution and its gradients with respect to its
   * input and its weight; where maps are small, as tiles win at larger ones.
   */
  readonly training: { readonly forward: number; readonly input: number; readonly weight: number };
  /** What Winograd's form costs: a multiply-add of the product over channels, and a byte of transformed weights that passes by. */
  readonly product: { readonly multiplyAdd: number; readonly byte: number };
  /** What Winograd's form costs, by the outputs a tile along each axis. */
  readonly tiles: Readonly<Record<2 | 4 | 6, TileCosts>>;
}

/** The transforms of one tile, a channel each. */
export interface TileCosts {
  readonly input: number;
  readonly output: number;
  /** What the transform of one kernel takes, for an output and an input channel. */
  readonly kernel: number;
}
