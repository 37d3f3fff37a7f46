/** A machine that cannot be built, with the reason. */
export class CoreError extends Error {
  override readonly name = 'CoreError';
}
