import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  psciCall,
  PsciFunction,
  PsciReturn,
  SMC64,
  type PowerState,
  type VcpuPower,
} from '../../../../../adapter/guest/simulated/board/psci.ts';

interface Fixture {
  readonly power: VcpuPower;
  readonly states: PowerState[];
  readonly started: (readonly [number, bigint, bigint])[];
  /** Signed x0, or the kind of another result. */
  readonly call: (id: number, ...args: readonly bigint[]) => bigint | string;
}

/** Two clusters of two vCPUs; vCPU 0 is on. */
function make(executable?: (address: bigint) => boolean): Fixture {
  const states: PowerState[] = ['on', 'off', 'off', 'off'];
  const started: (readonly [number, bigint, bigint])[] = [];
  const power: VcpuPower = {
    count: 4,
    affinity: (vcpu) => ((vcpu >> 1) << 8) | (vcpu & 1),
    state: (vcpu) => states[vcpu] ?? 'off',
    start(vcpu, entry, context) {
      states[vcpu] = 'on pending';
      started.push([vcpu, entry, context]);
    },
    ...(executable && { executable }),
  };
  const call = (id: number, ...[a = 0n, b = 0n, c = 0n]: readonly bigint[]): bigint | string => {
    const result = psciCall(power, [BigInt(id), a, b, c]);
    return result.kind === 'return' ? BigInt.asIntN(64, result.x0) : result.kind;
  };
  return { power, states, started, call };
}

const { CpuOn, AffinityInfo, Features } = PsciFunction;
const CPU_ON_64 = CpuOn + SMC64;
const AFFINITY_INFO_64 = AffinityInfo + SMC64;

describe('PSCI: CPU_ON', () => {
  it('starts a vCPU by its affinity, once', () => {
    const { call, started, states } = make();
    assert.equal(call(CPU_ON_64, 0x101n, 0x40_8000_0000n, 0xdead_beef_0000_0001n), PsciReturn.Success);
    assert.deepEqual(started, [[3, 0x40_8000_0000n, 0xdead_beef_0000_0001n]]);
    assert.equal(call(CPU_ON_64, 0x101n), PsciReturn.OnPending);
    states[3] = 'on';
    assert.equal(call(CPU_ON_64, 0x101n), PsciReturn.AlreadyOn);
    assert.equal(call(CPU_ON_64, 0n), PsciReturn.AlreadyOn, 'the caller itself');
    assert.equal(started.length, 1);
  });

  it('takes words of the 32-bit convention', () => {
    const { call, started } = make();
    assert.equal(call(CpuOn, 0xffff_ffff_0000_0001n, 0x1_4008_0000n, 0x2_0000_0003n), PsciReturn.Success);
    assert.deepEqual(started, [[1, 0x4008_0000n, 3n]]);
  });

  it('refuses a vCPU there is not, and bits that are no affinity', () => {
    const { call } = make();
    for (const target of [2n, 0x200n, 0x1_0000n, 0x1_0000_0000n, 0x8000_0001n, 0xffff_ffff_ffff_ffffn]) {
      assert.equal(call(CPU_ON_64, target), PsciReturn.InvalidParameters);
    }
  });

  it('refuses an entry where nothing can be executed, if asked to look', () => {
    const { call, started } = make((address) => address >= 0x4000_0000n);
    assert.equal(call(CPU_ON_64, 1n, 0n), PsciReturn.InvalidAddress);
    assert.deepEqual(started, []);
  });
});

describe('PSCI: AFFINITY_INFO', () => {
  it('answers for a vCPU', () => {
    const { call, states } = make();
    states[1] = 'on pending';
    assert.deepEqual(
      [0n, 1n, 0x100n].map((target) => call(AFFINITY_INFO_64, target, 0n)),
      [0n, 2n, 1n],
    );
    assert.equal(call(AffinityInfo, 0xffff_ffff_0000_0000n, 0n), 0n);
  });

  it('answers for a cluster, and all', () => {
    const { call, states } = make();
    assert.equal(call(AFFINITY_INFO_64, 0x1n, 1n), 0n, 'one of cluster 0 is on');
    assert.equal(call(AFFINITY_INFO_64, 0x100n, 1n), 1n);
    states[2] = 'on pending';
    assert.equal(call(AFFINITY_INFO_64, 0x100n, 1n), 2n);
    assert.equal(call(AFFINITY_INFO_64, 0x100n, 2n), 0n);
    assert.equal(call(AFFINITY_INFO_64, 0n, 3n), 0n);
  });

  it('refuses what there is not', () => {
    const { call } = make();
    assert.equal(call(AFFINITY_INFO_64, 0x200n, 0n), PsciReturn.InvalidParameters);
    assert.equal(call(AFFINITY_INFO_64, 0x200n, 1n), PsciReturn.InvalidParameters);
    assert.equal(call(AFFINITY_INFO_64, 0n, 4n), PsciReturn.InvalidParameters);
    assert.equal(call(AFFINITY_INFO_64, 0x8000_0000n, 0n), PsciReturn.InvalidParameters);
  });
});

describe('PSCI: the rest', () => {
  it('tells its version, and that there is nothing to migrate', () => {
    const { call } = make();
    assert.equal(call(PsciFunction.Version), 0x1_0000n);
    assert.equal(call(PsciFunction.SmcccVersion), 0x1_0001n);
    assert.equal(call(PsciFunction.MigrateInfoType), 2n);
    assert.equal(call(PsciFunction.Migrate, 0n), PsciReturn.NotSupported);
    assert.equal(call(PsciFunction.Migrate + SMC64, 0n), PsciReturn.NotSupported);
  });

  it('suspends and turns off', () => {
    const { power, call } = make();
    assert.deepEqual(psciCall(power, [BigInt(PsciFunction.CpuSuspend + SMC64), 0n, 0n, 0n]), {
      kind: 'suspend',
      x0: 0n,
    });
    assert.equal(call(PsciFunction.CpuSuspend), 'suspend');
    assert.equal(call(PsciFunction.CpuOff), 'off');
    const failure = BigInt.asUintN(64, PsciReturn.InternalFailure);
    for (const [id, event] of [
      [PsciFunction.SystemOff, 'off'],
      [PsciFunction.SystemReset, 'reset'],
    ] as const) {
      assert.deepEqual(psciCall(power, [BigInt(id), 0n, 0n, 0n]), { kind: 'system', event, x0: failure });
    }
  });

  it('lists its features', () => {
    const { call } = make();
    const { Version, CpuSuspend, CpuOff, SystemOff, SystemReset, SmcccVersion, MigrateInfoType, Migrate } =
      PsciFunction;
    for (const id of [
      Version,
      CpuSuspend,
      CpuSuspend + SMC64,
      CpuOff,
      CpuOn,
      CPU_ON_64,
      AffinityInfo,
      AFFINITY_INFO_64,
      MigrateInfoType,
      SystemOff,
      SystemReset,
      Features,
      SmcccVersion,
    ]) {
      assert.equal(call(Features, BigInt(id)), PsciReturn.Success, id.toString(16));
    }
    for (const id of [Migrate, Migrate + SMC64, CpuOff + SMC64, 0x8400_0099, 0, 0xffff_ffff]) {
      assert.equal(call(Features, BigInt(id)), PsciReturn.NotSupported, id.toString(16));
    }
  });

  it('knows no workarounds, and only the low word of an id', () => {
    const { call, power } = make();
    const { SmcccArchFeatures, SmcccVersion } = PsciFunction;
    assert.equal(call(SmcccArchFeatures, BigInt(SmcccVersion)), PsciReturn.Success);
    assert.equal(call(SmcccArchFeatures, 0x8000_8000n), PsciReturn.NotSupported);
    assert.deepEqual(psciCall(power, [0xffff_ffff_8400_0000n, 0n, 0n, 0n]), { kind: 'return', x0: 0x1_0000n });
  });

  it('does not support what it does not know', () => {
    const { power, call } = make();
    for (const id of [0, 0x95c1_ba5e, 0x8400_0010, 0x8400_0002 + SMC64, 0xc400_0000, 0xffff_ffff]) {
      assert.equal(call(id), PsciReturn.NotSupported, id.toString(16));
    }
    assert.deepEqual(psciCall(power, [0n, 0n, 0n, 0n]), { kind: 'return', x0: 0xffff_ffff_ffff_ffffn });
  });
});
