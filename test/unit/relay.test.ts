import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { noNetwork } from '../../lib/network.js';
import { ProtocolError } from '../../lib/wire/errors.js';
import type { ChannelEvent } from '../../lib/wire/messages.js';
import { deliver } from '../helpers/deliver.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

const tooSlow = new ProtocolError('too-slow', 'You read too slowly.');

describe('A relay', () => {
  describe('with sessions', () => {
    it('welcomes each before anything else, with what it may do', () => {
      const { relay } = relayByHand({ commandsPerSecond: 5 });
      const [welcome, ...more] = new MemoryClient(relay).hear();
      expect(more).to.deep.equal([]);
      expect(welcome).to.deep.equal({
        type: 'welcome',
        server: 'alpha',
        version: '0.0.0',
        protocol: 1,
        limits: {
          textBytes: limits.textBytes,
          userNameCharacters: limits.userNameCharacters,
          channelNameCharacters: limits.channelNameCharacters,
          channelsPerSession: limits.channelsPerSession,
          lineBytes: limits.lineBytes,
          commandsPerSecond: 5,
          commandBurst: 25,
        },
        features: ['presence'],
      });
    });

    it('says no rate when it has none', () => {
      const { relay } = relayByHand({ commandsPerSecond: undefined });
      const [welcome] = new MemoryClient(relay).hear();
      expect(welcome?.limits).not.to.have.any.keys('commandsPerSecond', 'commandBurst');
    });

    it('answers what comes too fast with the time to wait, and takes it after that', () => {
      const { relay, clock } = relayByHand({ commandsPerSecond: 1 });
      const ann = new MemoryClient(relay);
      for (let i = 0; i < 5; i++) ann.say({ type: 'ping' });
      ann.hear();
      ann.say({ type: 'ping', ref: 'r' });
      const [refused] = ann.hear();
      expect(refused).to.deep.include({ type: 'error', code: 'rate-limited', retryMs: 1000, ref: 'r' });
      clock.advance(1000);
      ann.say({ type: 'ping', ref: 'r' });
      expect(ann.hear()).to.deep.equal([{ type: 'pong', ref: 'r' }]);
    });

    it('counts malformed commands against the rate as well', () => {
      const { relay } = relayByHand({ commandsPerSecond: 0.2 });
      const ann = new MemoryClient(relay);
      ann.hear();
      ann.say({});
      ann.say({ type: 'ping' });
      expect(ann.hear().map(({ code }) => code)).to.deep.equal(['malformed', 'rate-limited']);
    });

    it(`forgives a session ${limits.errorBurst} errors at once, and ends it after one more`, () => {
      const { relay } = relayByHand();
      const ann = new MemoryClient(relay);
      for (let i = 0; i < limits.errorBurst; i++) ann.say({});
      expect(ann.outbox.closedFor).to.equal(undefined);
      ann.say({});
      expect(ann.outbox.closedFor).to.equal('abuse');
      const heard = ann.hear();
      expect(heard).to.have.length(1 + limits.errorBurst + 2);
      expect(heard.at(-1)?.message).to.match(/too many errors/i);
      expect(relay.sessions.size).to.equal(0);
    });

    it('ends a session that goes on making errors, whatever it does right in between', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay);
      let errors = 0;
      while (ann.outbox.closedFor === undefined && errors < 1000) {
        ann.say({});
        errors++;
        ann.say({ type: 'ping' });
        clock.advance(100);
      }
      // In a tenth of a second a fifth of an error is forgiven.
      expect(errors).to.be.within(limits.errorBurst, 1.3 * limits.errorBurst);
    });

    it('forgives whoever comes too fast, and waits when told to, for as long as the session lasts', () => {
      const { relay, clock } = relayByHand({ commandsPerSecond: 20 });
      const ann = new MemoryClient(relay);
      let refused = 0;
      for (let i = 0; i < 10 * limits.errorBurst; i++) {
        ann.say({ type: 'ping' });
        for (const { retryMs } of ann.hear()) {
          if (typeof retryMs !== 'number') continue;
          refused++;
          clock.advance(retryMs);
        }
      }
      expect(ann.outbox.closedFor).to.equal(undefined);
      expect(refused).to.be.above(4 * limits.errorBurst);
    });

    it('ends a session that goes on too fast though it was told to wait', () => {
      const { relay, clock } = relayByHand({ commandsPerSecond: 20 });
      const ann = new MemoryClient(relay);
      let said = 0;
      for (; ann.outbox.closedFor === undefined && said < 1000; said++) {
        ann.say({ type: 'ping' });
        clock.advance(10);
      }
      expect(said).to.be.within(limits.errorBurst, 3 * limits.errorBurst);
    });

    it(`forgives ${limits.errorsPerSecond} errors a second for as long as a session lasts`, () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay);
      for (let i = 0; i < 10 * limits.errorBurst; i++) {
        ann.say({});
        clock.advance(1000 / limits.errorsPerSecond);
      }
      expect(ann.outbox.closedFor).to.equal(undefined);
    });

    it('takes nothing more from a session that has ended', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      const bob = new MemoryClient(relay).join('lobby', 'bob');
      ann.vanish();
      clock.endTurn();
      bob.hear();
      ann.hear();
      ann.say({ type: 'msg', text: 'from beyond' });
      clock.endTurn();
      expect(bob.hear()).to.deep.equal([]);
      expect(ann.hear()).to.deep.equal([]);
    });

    it('tells why it ends a session, and the channel why somebody left', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      const bob = new MemoryClient(relay).join('lobby', 'bob');
      clock.endTurn();
      ann.hear();
      if (bob.session) relay.disconnect(bob.session, 'too-slow', tooSlow);
      clock.endTurn();
      expect(bob.hear().at(-1)).to.deep.equal({ type: 'error', code: 'too-slow', message: tooSlow.message });
      expect(ann.hear()).to.deep.equal([
        { type: 'leave', channel: 'lobby', name: 'bob', reason: 'disconnected: too-slow' },
      ]);
    });

    it('turns away one client more than there may be, until another has gone', () => {
      const { relay } = relayByHand();
      const clients = Array.from({ length: limits.clients }, () => new MemoryClient(relay));
      const late = new MemoryClient(relay);
      expect(late.hear().map(({ type, code }) => code ?? type)).to.deep.equal(['welcome', 'server-full']);
      expect(late.outbox.closedFor).to.equal('server-full');
      expect(late.session).to.equal(undefined);
      clients[0]?.vanish();
      expect(new MemoryClient(relay).hear().map(({ type }) => type)).to.deep.equal(['welcome']);
    });

    it('tells all that it goes down, after what was said until then, and turns newcomers away', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      const bob = new MemoryClient(relay, 'websocket').join('lobby', 'bob');
      ann.say({ type: 'msg', text: 'last' });
      relay.shutDown();
      expect(bob.hear().map(({ type }) => type)).to.deep.equal(['msg', 'notice']);
      expect([ann, bob].map(({ outbox }) => outbox.closedFor)).to.deep.equal([
        'shutting-down',
        'shutting-down',
      ]);
      const late = new MemoryClient(relay);
      expect(late.hear().map(({ type, code }) => code ?? type)).to.deep.equal(['welcome', 'shutting-down']);
      expect(late.session).to.equal(undefined);
      clock.endTurn();
    });
  });

  it('gives every message an id of its own, that begins with this run’s prefix', () => {
    const { relay } = relayByHand({ idPrefix: 'run7' });
    const clients = ['ann', 'bob'].map((name) => new MemoryClient(relay).join('lobby', name));
    const ids = Array.from({ length: 500 }, (_, i) => {
      const client = clients[i % 2];
      client?.say({ type: 'msg', text: 'x', ref: i });
      return client?.hear()[0]?.id;
    });
    expect(new Set(ids).size).to.equal(500);
    for (const id of ids) expect(id).to.match(/^run7-[0-9a-z]+$/);
  });

  it('forgets names and channels with the last who had them, however many came and went', () => {
    const { relay, clock } = relayByHand();
    const client = new MemoryClient(relay).join('home', 'ann');
    for (let i = 0; i < 10_000; i++) {
      client.say({ type: 'join', channel: `room${i}` });
      client.say({ type: 'msg', channel: `room${i}`, text: 'anybody?' });
      if (i % 2 === 0) clock.endTurn();
      client.say({ type: 'leave', channel: `room${i}` });
    }
    expect([...relay.directory.all()]).to.deep.equal([{ channel: 'home', members: 1 }]);
    for (let i = 0; i < 10_000; i++) {
      const guest = new MemoryClient(relay).join(`hall${i}`, `guest${i}`);
      if (i % 2 === 0) guest.say({ type: 'nick', name: `other${i}` });
      guest.vanish();
    }
    clock.endTurn();
    expect([...relay.directory.all()]).to.deep.equal([{ channel: 'home', members: 1 }]);
    expect(relay.sessions.size).to.equal(1);
    const again = new MemoryClient(relay);
    again.hear();
    for (const name of ['guest1', 'guest9998', 'other9998']) again.say({ type: 'nick', name });
    expect(again.hear().map(({ type }) => type)).to.deep.equal(['nick', 'nick', 'nick']);
  });

  describe('in a network', () => {
    const event: ChannelEvent = { type: 'msg', id: 'z-1', channel: 'lobby', from: 'zoe', text: 'hi', at: 7 };

    it('hands on what local members say and do, in order, and nothing that only one of them is told', () => {
      const { relay, clock } = relayByHand();
      const published: [ChannelEvent, string][] = [];
      relay.useNetwork({
        ...noNetwork,
        publish: (_channel, events) => {
          for (const { message, json } of events) published.push([message, json]);
        },
        membersElsewhere: () => [],
        channelsElsewhere: () => new Map(),
      });
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      ann.say({ type: 'msg', text: 'hi', ref: 1 });
      ann.say({ type: 'nick', name: 'anna' });
      ann.say({ type: 'names', channel: 'lobby' });
      ann.say({ type: 'msg' });
      ann.say({ type: 'leave', channel: 'lobby' });
      clock.endTurn();
      expect(published.map(([{ type }]) => type)).to.deep.equal(['join', 'msg', 'nick', 'leave']);
      for (const [event, json] of published) expect(json).to.equal(JSON.stringify(event));
    });

    it('hands on what is done in a turn at its end and all at once, though it is noted at once who comes or goes', () => {
      const { relay, clock } = relayByHand();
      const calls: string[] = [];
      relay.useNetwork({
        ...noNetwork,
        noteMember: ({ type, channel }) => calls.push(`note ${channel} ${type}`),
        publish: (channel, events) => calls.push(`${channel} ${events.map(({ type }) => type)}`),
      });
      const ann = new MemoryClient(relay).join('lobby', 'ann').join('tea', 'ann');
      expect(calls.splice(0)).to.deep.equal(['note lobby join', 'note tea join']);
      for (const channel of ['lobby', 'tea', 'lobby', 'lobby']) ann.say({ type: 'msg', channel, text: 'hi' });
      expect(calls).to.deep.equal([]);
      clock.endTurn();
      expect(calls.splice(0)).to.deep.equal(['lobby join,msg,msg,msg', 'tea join,msg']);
      ann.say({ type: 'msg', channel: 'tea', text: 'bye' });
      ann.say({ type: 'msg', channel: 'tea', text: 'bye' });
      ann.say({ type: 'leave', channel: 'tea' });
      // If the channel is made again in this turn, what is said there then comes after this.
      expect(calls.splice(0)).to.deep.equal(['note tea leave', 'tea msg,msg,leave']);
      for (let i = 0; i <= limits.turnMessages; i++) ann.say({ type: 'msg', channel: 'lobby', text: 'hi' });
      expect(calls).to.have.length(1);
      clock.endTurn();
      expect(calls.map((call) => call.split(',').length)).to.deep.equal([limits.turnMessages, 1]);
    });

    it('delivers to every member here, and does not hand it back to the network', () => {
      const { relay, clock } = relayByHand();
      const published: string[] = [];
      const ann = new MemoryClient(relay, 'tcp').join('lobby', 'ann');
      const bob = new MemoryClient(relay, 'websocket').join('lobby', 'bob');
      clock.endTurn();
      ann.hear();
      relay.useNetwork({
        ...noNetwork,
        publish: (channel) => published.push(channel),
        membersElsewhere: () => [],
        channelsElsewhere: () => new Map(),
      });
      deliver(relay, event);
      clock.endTurn();
      expect(ann.hear()).to.deep.equal([event]);
      expect(bob.hear()).to.deep.equal([event]);
      expect(published).to.deep.equal([]);
    });

    it('is told to everybody in the channel when something that was said elsewhere is lost, and how much', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      for (const count of [1, 7, undefined]) relay.messagesLost('lobby', count, 'beta');
      relay.messagesLost('hall', 2, 'beta');
      clock.endTurn();
      const heard = ann.hear();
      expect(heard.map(({ type, channel }) => [type, channel])).to.deep.equal(
        Array(3).fill(['notice', 'lobby']),
      );
      expect(heard.map(({ text }) => String(text).split(' from ')[0])).to.deep.equal([
        '1 message',
        '7 messages',
        'Messages',
      ]);
    });

    it('passes over what is for channels that nobody here is in', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('hall', 'ann');
      deliver(relay, event);
      relay.membersLost('lobby', ['zoe'], 'beta', 'is unreachable');
      clock.endTurn();
      expect(ann.hear()).to.deep.equal([]);
      expect([...relay.directory.all()]).to.deep.equal([{ channel: 'hall', members: 1 }]);
    });

    it('tells in one notice who left with a lost server', () => {
      const { relay, clock } = relayByHand();
      relay.useNetwork({ ...noNetwork, membersElsewhere: () => ['zoe', 'yan', 'xia'] });
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      relay.membersLost('lobby', ['zoe'], 'beta', 'is unreachable');
      relay.membersLost('lobby', ['yan', 'xia'], 'gamma', 'went down');
      clock.endTurn();
      expect(ann.hear()).to.deep.equal([
        {
          type: 'notice',
          channel: 'lobby',
          text: 'Server beta is unreachable; 1 member left with it.',
          left: ['zoe'],
        },
        {
          type: 'notice',
          channel: 'lobby',
          text: 'Server gamma went down; 2 members left with it.',
          left: ['yan', 'xia'],
        },
      ]);
    });

    it('knows members, names and channels of other servers', () => {
      const { relay } = relayByHand();
      relay.useNetwork({
        ...noNetwork,
        publish() {},
        membersElsewhere: (channel) => (channel === 'lobby' ? ['Zoe', 'adam'] : []),
        claimName: (key, _sinceMs, done) => done(key !== 'zoe'),
        channelsElsewhere: () =>
          new Map([
            ['lobby', { members: 2, server: 'beta' }],
            ['attic', { members: 5, server: 'beta' }],
          ]),
      });
      const ann = new MemoryClient(relay).join('lobby', 'Mia');
      ann.join('hall');
      ann.say({ type: 'names', channel: 'lobby' });
      ann.say({ type: 'channels' });
      ann.say({ type: 'nick', name: 'ZOE' });
      expect(ann.hear().map(({ members, channels, code }) => members ?? channels ?? code)).to.deep.equal([
        ['adam', 'Mia', 'Zoe'],
        [
          { channel: 'attic', members: 5 },
          { channel: 'hall', members: 1 },
          { channel: 'lobby', members: 3 },
        ],
        'name-taken',
      ]);
    });
  });

  it('treats what is not UTF-8 as one more malformed message', () => {
    const { relay, intake } = relayByHand();
    const ann = new MemoryClient(relay);
    ann.hear();
    if (ann.session) intake.receive(ann.session, undefined);
    const [error] = ann.hear();
    expect(error).to.deep.include({ type: 'error', code: 'malformed' });
    expect(error?.message).to.match(/^Malformed: .*UTF-8/);
  });
});
