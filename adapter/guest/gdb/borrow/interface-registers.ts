import type { TargetCpus } from '../target-cpus.ts';
import type { Borrower } from './borrower.ts';

interface InterfaceRegister {
  readonly name: string;
  /** CRn, CRm and op2 of S3_0_Cn_Cm_op2. */
  readonly crn: number;
  readonly crm: number;
  readonly op2: number;
}

const SRE: InterfaceRegister = { name: 'ICC_SRE_EL1', crn: 12, crm: 12, op2: 5 };

/** Registers of GICv3's CPU interface whose reading changes nothing: ICC_IARn is not among them. */
const REGISTERS: readonly InterfaceRegister[] = [
  SRE,
  { name: 'ICC_CTLR_EL1', crn: 12, crm: 12, op2: 4 },
  { name: 'ICC_PMR_EL1', crn: 4, crm: 6, op2: 0 },
  { name: 'ICC_BPR0_EL1', crn: 12, crm: 8, op2: 3 },
  { name: 'ICC_BPR1_EL1', crn: 12, crm: 12, op2: 3 },
  { name: 'ICC_IGRPEN0_EL1', crn: 12, crm: 12, op2: 6 },
  { name: 'ICC_IGRPEN1_EL1', crn: 12, crm: 12, op2: 7 },
  { name: 'ICC_RPR_EL1', crn: 12, crm: 11, op2: 3 },
  { name: 'ICC_HPPIR0_EL1', crn: 12, crm: 8, op2: 2 },
  { name: 'ICC_HPPIR1_EL1', crn: 12, crm: 12, op2: 2 },
  { name: 'ICC_AP0R0_EL1', crn: 12, crm: 8, op2: 4 },
  { name: 'ICC_AP1R0_EL1', crn: 12, crm: 9, op2: 0 },
];

/** MRS X0, S3_0_C0_C0_0 (DDI 0487, C6.2): the rest is in the encoding. */
const MRS_X0 = 0xd538_0000;
const NOT_READ = 'not read yet';

/**
 * The CPU interface's system registers. Where the stub describes them they are read from it; elsewhere the CPU reads them,
 * borrowed for an MRS each.
 */
export class InterfaceRegisters {
  readonly names = REGISTERS.map(({ name }) => name);
  readonly #cpus: TargetCpus;
  readonly #borrower: Borrower | null;
  readonly #values = new Map<string, bigint | string>();

  /** @param borrower null: no CPU may be borrowed */
  constructor(cpus: TargetCpus, borrower: Borrower | null) {
    this.#cpus = cpus;
    this.#borrower = borrower;
  }

  forget(): void {
    this.#values.clear();
  }

  /** A register's value, or why it is not known. */
  value(vcpu: number, name: string): bigint | string {
    return this.#values.get(`${vcpu}:${name}`) ?? NOT_READ;
  }

  /** Reads them all, of one CPU. @throws RspError where the connection is gone */
  async fetch(vcpu: number): Promise<void> {
    if (this.#values.has(`${vcpu}:${SRE.name}`)) return;
    const described = REGISTERS.filter(({ name }) => this.#cpus.names.numberOf(name) !== null);
    if (described.length > 0) {
      await this.#cpus.fetchRegisters(described.map(({ name }) => name));
      for (const { name } of REGISTERS)
        this.#set(vcpu, name, this.#cpus.register(vcpu, name) ?? 'not described by the stub');
      return;
    }
    await this.#borrow(vcpu, this.#borrower);
  }

  async #borrow(vcpu: number, borrower: Borrower | null): Promise<void> {
    if (borrower === null) {
      this.#all(vcpu, 'only the CPU itself can read it: "borrowCpus" is off');
      return;
    }
    // Without SRE, the others are undefined.
    const [sre] = await borrower.borrow(vcpu, [{ word: mrs(SRE) }]);
    if (typeof sre !== 'bigint') {
      this.#all(vcpu, sre?.message ?? 'no answer');
      return;
    }
    const rest = REGISTERS.filter((one) => one !== SRE);
    if ((sre & 1n) === 0n) this.#all(vcpu, 'ICC_SRE_EL1.SRE is 0: the CPU interface is memory-mapped');
    else {
      const answers = await borrower.borrow(
        vcpu,
        rest.map((one) => ({ word: mrs(one) })),
      );
      rest.forEach(({ name }, i) => {
        const answer = answers[i];
        this.#set(vcpu, name, typeof answer === 'bigint' ? answer : (answer?.message ?? 'no answer'));
      });
    }
    this.#set(vcpu, SRE.name, sre);
  }

  #set(vcpu: number, name: string, value: bigint | string): void {
    this.#values.set(`${vcpu}:${name}`, value);
  }

  #all(vcpu: number, why: string): void {
    for (const { name } of REGISTERS) this.#set(vcpu, name, why);
  }
}

function mrs({ crn, crm, op2 }: InterfaceRegister): number {
  return (MRS_X0 | (crn << 12) | (crm << 8) | (op2 << 5)) >>> 0;
}
