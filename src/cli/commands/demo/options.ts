/** What can be typed after `refinenet demo`. */
export interface DemoOptions {
  readonly output?: string;
  readonly seed: number;
  readonly skipTraining?: boolean;
  readonly open?: boolean;
  readonly json?: boolean;
}
