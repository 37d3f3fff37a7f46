/** Where a node's text is in the expression: first character, and the one after the last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = '!' | '~' | '-';
export type BinaryOperator =
  '||' | '&&' | '|' | '^' | '&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';
export type AssignmentOperator = '=' | '|=' | '&=' | '^=' | '+=' | '-=';

/** An expression as a tree. */
export type Node =
  | (Span & { readonly kind: 'number'; readonly value: bigint })
  | (Span & { readonly kind: 'boolean'; readonly value: boolean })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'name'; readonly name: string })
  | (Span & { readonly kind: 'member'; readonly of: Node; readonly name: string })
  | (Span & { readonly kind: 'index'; readonly of: Node; readonly index: Node })
  | (Span & { readonly kind: 'call'; readonly of: Node; readonly args: readonly Node[] })
  | (Span & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly of: Node })
  | (Span & { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node })
  | (Span & { readonly kind: 'conditional'; readonly test: Node; readonly yes: Node; readonly no: Node })
  | (Span & {
      readonly kind: 'assign';
      readonly operator: AssignmentOperator;
      readonly target: Node;
      readonly value: Node;
    });
