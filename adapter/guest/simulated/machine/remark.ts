/** What a guest did that its author should hear of. */
export type Remark =
  | { readonly kind: 'undefined instruction'; readonly vcpu: number; readonly pc: bigint; readonly word: number }
  | {
      readonly kind: 'no device';
      readonly vcpu: number;
      readonly pc: bigint;
      readonly address: number;
      readonly size: number;
      readonly write: boolean;
      /** What is wrong: "no device", "bad width", "misaligned". */
      readonly reason: string;
    };
