import { expect } from 'chai';
import { type Outcome, Requests } from '../../lib/client/requests.js';
import type { ClientMessage } from '../../lib/wire/messages.js';
import { ManualTime, settled } from '../helpers/client-time.js';

describe('requests', () => {
  let time: ManualTime;
  let sent: ClientMessage[];
  let requests: Requests;
  let outcomes: Outcome[];

  beforeEach(() => {
    time = new ManualTime();
    sent = [];
    outcomes = [];
    requests = new Requests((message) => sent.push(message), time);
  });

  function say(...texts: string[]): void {
    for (const text of texts) {
      void requests.ask({ type: 'msg', text }).then((outcome) => outcomes.push(outcome));
    }
  }

  it('wait for the first connection, and go out one at a time, in order', async () => {
    say('one', 'two');
    expect(sent).to.deep.equal([]);
    requests.open();
    expect(sent).to.deep.equal([{ type: 'msg', text: 'one', ref: 1 }]);
    expect(requests.settle({ type: 'ok', id: 'x', ref: 1 })).to.deep.equal({
      kind: 'answer',
      request: { type: 'msg', text: 'one' },
    });
    expect(sent[1]).to.deep.equal({ type: 'msg', text: 'two', ref: 2 });
    requests.settle({ type: 'error', code: 'too-long', message: '…', ref: 2 });
    await settled();
    expect(outcomes).to.deep.equal([{ kind: 'accepted' }, { kind: 'refused', code: 'too-long' }]);
  });

  it('are sent again when the server wants them later, ahead of those behind them', async () => {
    requests.open();
    say('one', 'two');
    const answer = requests.settle({
      type: 'error',
      code: 'rate-limited',
      message: '…',
      retryMs: 40,
      ref: 1,
    });
    expect(answer.kind).to.equal('postponed');
    await time.pass(39);
    expect(sent).to.have.length(1);
    await time.pass(1);
    expect(sent[1]).to.deep.equal({ type: 'msg', text: 'one', ref: 2 });
    expect(outcomes).to.deep.equal([]);
  });

  it('are not settled by what answers something else', () => {
    requests.open();
    say('one');
    expect(requests.settle({ type: 'ok', id: 'x', ref: 7 }).kind).to.equal('unasked');
    expect(requests.settle({ type: 'error', code: 'too-slow', message: '…' }).kind).to.equal('unasked');
    expect(requests.settle({ type: 'notice', text: '…' }).kind).to.equal('unasked');
  });

  it('tell what is unknown from what was never sent, when the connection is lost', async () => {
    requests.open();
    say('one', 'two');
    requests.shut();
    say('three');
    await settled();
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(['unanswered', 'unsent', 'unsent']);
    requests.open();
    expect(sent).to.have.length(1);
  });

  it('do not go out on a new connection because they were postponed on the old one', async () => {
    requests.open();
    say('one');
    requests.settle({ type: 'error', code: 'rate-limited', message: '…', retryMs: 40, ref: 1 });
    requests.shut();
    requests.open();
    await time.pass(1000);
    expect(sent).to.have.length(1);
  });

  it('are sent once on a new connection, though another one was postponed on the old one', async () => {
    requests.open();
    say('one');
    requests.settle({ type: 'error', code: 'rate-limited', message: '…', retryMs: 40, ref: 1 });
    requests.shut();
    requests.open();
    say('two');
    await time.pass(1000);
    expect(sent.map((message) => 'text' in message && message.text)).to.deep.equal(['one', 'two']);
    expect(time.waits).to.deep.equal([]);
  });

  it('are refused, not postponed, when the server does not say until when', async () => {
    requests.open();
    say('one');
    requests.settle({ type: 'error', code: 'rate-limited', message: '…', ref: 1 });
    say('two');
    requests.settle({ type: 'error', code: 'no-answer', message: '…', retryMs: 40, ref: 2 });
    await settled();
    expect(outcomes.map(({ code }) => code)).to.deep.equal(['rate-limited', 'no-answer']);
  });

  it('are done when all of them have their outcome', async () => {
    let done = 0;
    const count = () => done++;
    void requests.done().then(count);
    await settled();
    expect(done).to.equal(1);
    requests.open();
    say('one', 'two');
    void requests.done().then(count);
    requests.settle({ type: 'ok', id: 'x', ref: 1 });
    await settled();
    expect(done).to.equal(1);
    requests.settle({ type: 'ok', id: 'y', ref: 2 });
    await settled();
    expect(done).to.equal(2);
  });
});
