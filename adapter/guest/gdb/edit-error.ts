import { RspError } from '../../rsp/client/errors.ts';
import { GuestStateError } from '../guest.ts';

/** Why an edit failed. A write whose answer was lost may have been made: it is never sent a second time. */
export function editError(error: unknown): unknown {
  if (!(error instanceof RspError)) return error;
  const isRefusal = error.kind === 'refused' || error.kind === 'unsupported' || error.kind === 'running';
  return new GuestStateError(isRefusal ? error.message : `${error.message}. Whether it was written is not known.`);
}

/** Why an edit that was made shows no result. */
export function unreadError(error: unknown): unknown {
  if (!(error instanceof RspError || error instanceof GuestStateError)) return error;
  return new GuestStateError(`It was written, but what the target made of it could not be read: ${error.message}`);
}
