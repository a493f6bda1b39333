/** A mistake of the other server: it broke the protocol, and its link ends. [PEERING 2] */
export class PeerProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PeerProtocolError';
  }
}
