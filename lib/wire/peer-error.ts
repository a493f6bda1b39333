/** The other server broke the protocol; its link ends. [PEERING 2] */
export class PeerProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PeerProtocolError';
  }
}
