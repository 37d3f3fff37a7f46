/** A target cannot be attached to, or does not do what was asked: the message is for the user. */
export class AttachError extends Error {
  override readonly name = 'AttachError';
}
