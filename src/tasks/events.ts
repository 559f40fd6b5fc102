/** What tasks tell while they work: plain data, which crosses to workers, queues and pages as it is. */

/** Something that does not end the task but should be known. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly message: string;
}

/** A remark about what is done. */
export interface NoteEvent {
  readonly type: 'note';
  readonly message: string;
}

/** A model is loaded and about to be run. */
export interface ModelEvent {
  readonly type: 'model';
  /** How many classes it tells apart. */
  readonly classes: number;
  /** The execution provider that computes, as the engine names it. */
  readonly provider: string;
}

/** How far the task has come. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** What is counted, in words: `images`, `runs`. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** What was done last; empty at the start. */
  readonly name: string;
}

/** One of several things failed; the task goes on with the others. */
export interface FailureEvent {
  readonly type: 'failure';
  /** Which one. */
  readonly name: string;
  /** Why, naming it. */
  readonly message: string;
}
