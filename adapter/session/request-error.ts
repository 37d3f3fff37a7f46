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
