/*
 * What carries the bytes between the client and a stub: a socket, a pipe, a test. The client knows nothing else of it.
 */

export interface TransportListener {
  /** Bytes came, in any pieces. They do not change afterwards. */
  bytes(bytes: Uint8Array): void;
  /** Nothing will come any more. @param reason for the user: "connection reset by 127.0.0.1:1234" */
  closed(reason: string): void;
}

export interface Transport {
  /** Whom to tell of what comes; called once, before anything is sent. What came earlier is told now. */
  listen(listener: TransportListener): void;
  /** Sends bytes in the order of calls, never in part. Throwing means that the connection is gone. */
  send(bytes: Uint8Array): void;
  /** Closes; closing twice does nothing. */
  close(): void;
}
