import { expect } from 'chai';
import { LivenessCheck, type Watched } from '../../lib/listen/liveness.js';

/** A client that only records what is done to it. */
class NotedClient implements Watched {
  readonly done: string[] = [];
  signs = 0;

  constructor(private readonly check: LivenessCheck) {}

  ping(): void {
    this.done.push('ping');
  }

  terminate(): void {
    this.done.push('terminate');
    this.check.forget(this);
  }
}

describe('A look at who is alive', () => {
  let check: LivenessCheck;
  let client: NotedClient;
  beforeEach(() => {
    check = new LivenessCheck();
    client = new NotedClient(check);
    check.watch(client);
  });

  it('leaves alone of whom anything came since the last one', () => {
    for (let i = 0; i < 5; i++) {
      check.look();
      client.signs++;
    }
    check.look();
    expect(client.done).to.deep.equal([]);
  });

  it('pings who was silent for a whole interval, and goes on if there is an answer', () => {
    for (let i = 0; i < 3; i++) {
      check.look();
      check.look();
      client.signs += 6;
    }
    expect(client.done).to.deep.equal(['ping', 'ping', 'ping']);
  });

  it('cuts off who says nothing to a ping, once', () => {
    for (let i = 0; i < 5; i++) check.look();
    expect(client.done).to.deep.equal(['ping', 'terminate']);
  });

  it('forgets who has gone', () => {
    check.forget(client);
    for (let i = 0; i < 5; i++) check.look();
    expect(client.done).to.deep.equal([]);
  });
});
