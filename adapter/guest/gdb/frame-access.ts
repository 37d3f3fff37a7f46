/** One access to a register of a frame: of exactly this width, by this vCPU where registers are banked. */
export interface FrameRead {
  readonly vcpu: number;
  /** Each CPU sees a copy of its own at this address. */
  readonly isBanked: boolean;
  /** Physical. */
  readonly address: number;
  readonly width: 1 | 4 | 8;
}

/** How the frames of a controller are reached: through the stub, or through the CPUs. */
export interface FrameAccess {
  /** For the user: "physical addresses (Qqemu.PhyMemMode)". */
  readonly text: string;
  /**
   * Reads that change nothing. @returns for each its value, or why it could not be read
   * @throws RspError where the connection is gone, or answers cannot be trusted
   */
  read(reads: readonly FrameRead[]): Promise<readonly (bigint | Error)[]>;
  /** Whether a read is answered at once; absent: each is. Others may take seconds: a CPU has to wake up for them. */
  isPrompt?(read: Pick<FrameRead, 'vcpu' | 'isBanked'>): boolean;
  /** @throws Error where the target refuses it. That it did not does not mean that a register took it. */
  write(access: FrameRead, value: bigint): Promise<void>;
}
