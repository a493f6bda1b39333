import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { LivenessCheck, type Watched } from '../../lib/listen/liveness.js';

/** A WebSocket that only notes what is done to it. */
class NotedWebSocket extends EventEmitter implements Watched {
  readonly done: string[] = [];

  ping(): void {
    this.done.push('ping');
  }

  terminate(): void {
    this.done.push('terminate');
    this.emit('close');
  }
}

describe('A look at who is alive', () => {
  let check: LivenessCheck;
  let client: NotedWebSocket;
  beforeEach(() => {
    check = new LivenessCheck();
    client = new NotedWebSocket();
    check.watch(client);
  });

  it('leaves alone who said something since the last one', () => {
    for (const event of ['message', 'ping', 'pong', 'message']) {
      check.look();
      client.emit(event);
    }
    check.look();
    expect(client.done).to.deep.equal([]);
  });

  it('pings who was silent for a whole interval, and goes on if there is an answer', () => {
    for (let i = 0; i < 3; i++) {
      check.look();
      check.look();
      client.emit('pong');
    }
    expect(client.done).to.deep.equal(['ping', 'ping', 'ping']);
  });

  it('cuts off who says nothing to a ping, once', () => {
    for (let i = 0; i < 5; i++) check.look();
    expect(client.done).to.deep.equal(['ping', 'terminate']);
  });

  it('forgets who has gone', () => {
    client.emit('close');
    for (let i = 0; i < 5; i++) check.look();
    expect(client.done).to.deep.equal([]);
  });
});
