import type { TargetCpus } from '../target-cpus.ts';
import * as A64 from './a64-words.ts';
import type { Block, Borrower } from './borrower.ts';

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

/** The first register that takes a value. */
const FIRST = 2;
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
    const [sre] = await borrower.borrow(vcpu, [blockOf([SRE])]);
    if (sre === undefined || sre instanceof Error) {
      this.#all(vcpu, sre?.message ?? 'no answer');
      return;
    }
    const rest = REGISTERS.filter((one) => one !== SRE);
    if (((sre[0] ?? 0n) & 1n) === 0n) this.#all(vcpu, 'ICC_SRE_EL1.SRE is 0: the CPU interface is memory-mapped');
    else {
      const [values] = await borrower.borrow(vcpu, [blockOf(rest)]);
      rest.forEach(({ name }, i) => {
        const why = values instanceof Error ? values.message : 'no answer';
        this.#set(vcpu, name, values instanceof Error ? why : (values?.[i] ?? why));
      });
    }
    this.#set(vcpu, SRE.name, sre[0] ?? 0n);
  }

  #set(vcpu: number, name: string, value: bigint | string): void {
    this.#values.set(`${vcpu}:${name}`, value);
  }

  #all(vcpu: number, why: string): void {
    for (const { name } of REGISTERS) this.#set(vcpu, name, why);
  }
}

/** An MRS each, into X2 and up. */
function blockOf(registers: readonly InterfaceRegister[]): Block {
  const results = registers.map((_, n) => FIRST + n);
  const words = registers.map(({ crn, crm, op2 }, n) => A64.mrs(FIRST + n, crn, crm, op2));
  return { words, set: new Map(), results };
}
