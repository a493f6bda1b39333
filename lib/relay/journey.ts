/**
 * The journey of a command through the network: how it begins, and what the command does when the journey has ended.
 */
export interface Journey {
  /** Begins the journey. `arrive` is to be called at its end, maybe before this returns; further calls do nothing. */
  begin(arrive: () => void): void;
  /**
   * Does what was to wait for the journey. Called once it has arrived, unless the session has closed by then.
   *
   * @throws ProtocolError the error to answer with instead
   */
  end(): void;
}
