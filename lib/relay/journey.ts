/** The time that a command waits for other servers. */
/** What a command waits for, and what it does then. */
export interface Journey {
  /** Sets out. `arrive` is to be called at the end, maybe before this returns; further calls do nothing. */
  begin(arrive: () => void): void;
  /**
   * Called once it has arrived, unless the session has closed by then.
   *
   * @throws ProtocolError what is to be answered instead
   */
  end(): void;
}
