/** What measuring takes from the machine that it runs on. */
import type { Backend, Device } from '../runtime/backend.ts';
import type { MachineCosts } from '../runtime/machine-costs.ts';

export interface Machine {
  /** What figures are told with. */
  readonly description: MachineDescription;
  readonly memory: MemoryGauge;
  /** The native engine with its profiler on; its sessions are a little slower than others, by the writing down. */
  profiledBackend(): Promise<ProfiledBackend>;
  /** Keeps what an engine was measured to take on a device, for this machine's later work. Gives the place. */
  keepCosts(engine: string, device: Device, costs: MachineCosts): Promise<string>;
}

export interface MachineDescription {
  readonly processor: string;
  readonly cores: number;
  /** Node's version, with a v. */
  readonly node: string;
}

/** Watches the memory that this process takes, in bytes. */
export interface MemoryGauge {
  /** What is taken now. */
  taken(): number;
  /** Frees what nothing refers to any more, so that it does not count as taken by what comes next. */
  collectGarbage(): void;
  /**
   * Begins a new peak at the memory that is taken now.
   * @returns false where the system cannot: the peak is then that since the process began. Linux can.
   */
  restartPeak(): boolean;
  /** The most that was taken since the last restart. */
  peak(): number;
}

/** One entry of an engine's profile, times in microseconds. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

export interface ProfiledBackend {
  readonly backend: Backend;
  /**
   * Ends the profile of the session that was created last, which must not be disposed yet, and gives its events.
   * @throws RuntimeError if there is no such session, or its profile was asked for already.
   */
  events(): Promise<readonly ProfileEvent[]>;
  /** Removes what the profiler wrote; dispose the sessions first. */
  dispose(): Promise<void>;
}
