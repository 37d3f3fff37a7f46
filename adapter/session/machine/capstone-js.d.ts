/** What is used of capstone-js, which comes without declarations. */
declare module '@alexaltea/capstone-js' {
  export interface CapstoneModule {
    readonly ARCH_ARM64: number;
    readonly MODE_LITTLE_ENDIAN: number;
    readonly Capstone: new (architecture: number, mode: number) => Decoder;
  }
  export interface Decoder {
    /** @throws an error where the bytes are no instruction */
    disasm(
      bytes: readonly number[],
      address: bigint,
      count: number,
    ): readonly { readonly mnemonic: string; readonly op_str: string }[];
  }
  const loadCapstone: (options: { wasmBinary: Uint8Array }) => Promise<CapstoneModule>;
  // eslint-disable-next-line no-restricted-exports -- it is theirs
  export default loadCapstone;
}
