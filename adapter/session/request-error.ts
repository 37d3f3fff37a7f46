import { GuestStateError } from '../guest/guest.ts';
import { RspError } from '../rsp/client/errors.ts';

/**
 * A request that cannot be carried out, for a reason worth telling. `showUser` asks the client to say it aloud;
 * without it the message stays where the request came from (a hover that means nothing, a watch that does not parse).
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly showUser: boolean;

  constructor(message: string, showUser = false) {
    super(message);
    this.showUser = showUser;
  }
}

/** Whether it is the request's fault, or its target's: nothing here is broken. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RequestError || error instanceof GuestStateError || error instanceof RspError;
}
