/**
 * Ways to break the core on purpose: each is a change in one compiled file that the simulator has to notice.
 *
 * `search` must be found exactly once in the file. `scenarios` are those that are tried first; all others follow.
 */
export const mutations = [
  {
    name: 'skip the dedupe of events',
    file: 'lib/peer/core/streams/exchange.js',
    search: 'this.#seen.add(origin, frame.number);\n        if (!isNew)',
    replace: 'this.#seen.add(origin, frame.number) || true;\n        if (!isNew)',
    breaks: 'an event is sent on again and again',
  },
  {
    name: 'forget SYNC',
    file: 'lib/peer/core/streams/exchange.js',
    search: 'this.carryOut(this.inbound.sync(stream, sync, nowMs));',
    replace: '',
    breaks: 'who is in a channel elsewhere is not known',
  },
  {
    name: 'drop every PULL',
    file: 'lib/peer/core/streams/repair.js',
    search:
      "this.effects.sendTo(node, encodePeerFrame({ type: 'pull', origin, channel, ranges }), 'control');",
    replace: '',
    breaks: 'what was on its way over a broken link is lost',
    scenarios: ['relay-crash', 'cut-and-heal', 'frozen-links'],
  },
  {
    name: 'flood always',
    file: 'lib/peer/core/mesh.js',
    search: 'const isAgreed = frame.resent || frame.view === view.digest;',
    replace: 'const isAgreed = false;',
    breaks: 'messages cross more links than the pruned tree has',
  },
  {
    name: 'settle two links between a pair differently at both ends',
    file: 'lib/peer/core/links/link-table.js',
    search: 'return freshIsOurs === this.ownNode < fresh.node;',
    replace: 'return freshIsOurs;',
    breaks: 'each end uses another link, or none is left',
    scenarios: ['simultaneous-dials'],
  },
  {
    name: 'never notice a silent link',
    file: 'lib/peer/core/links/link-table.js',
    search: 'if (silentMs >= limits.linkDeadMs)',
    replace: 'if (silentMs < 0)',
    breaks: 'links that are dead count for ever',
  },
  {
    name: 'grant every name',
    file: 'lib/peer/core/mesh.js',
    search: 'this.#names.claim(nameKey, sinceMs, nowMs, done);',
    replace: 'done(true);',
    breaks: 'two users have one name',
    scenarios: ['same-names'],
  },
  {
    name: 'believe unsigned advertisements',
    file: 'lib/peer/core/map/topology.js',
    search:
      'return this.crypto.nodeOf(key) === node && this.crypto.verify(key, signedText(advert), signature);',
    replace: 'return true;',
    breaks: 'anybody says who is linked with whom',
    scenarios: ['hostile-servers'],
  },
  {
    name: 'take a run for one event',
    file: 'lib/peer/core/streams/streams.js',
    search: 'stream.watermark = last;',
    replace: 'stream.watermark = frame.seq;',
    breaks: 'the rest of each run is taken for missing, or delivered again',
  },
  {
    name: 'resend what a run begins with',
    file: 'lib/peer/core/streams/repair.js',
    search: 'const next = run ? lastSeq(run) + 1 : seq + 1;',
    replace: 'const next = run ? last + 1 : seq + 1;',
    breaks: 'of what is asked for only the first run is sent',
    scenarios: ['relay-crash', 'frozen-links'],
  },
  {
    name: 'never tell heads',
    file: 'lib/peer/core/streams/repair.js',
    search: "this.#tellHeads(view, { type: 'heads', origin: this.ownNode",
    replace: "if (nowMs < 0) this.#tellHeads(view, { type: 'heads', origin: this.ownNode",
    breaks: 'the last messages before a link broke are not missed by anybody',
    scenarios: ['relay-crash', 'cut-and-heal'],
  },
  {
    name: 'begin every stream where it stands',
    file: 'lib/peer/core/streams/streams.js',
    search: 'stream.fromNow ? sync.seq : sync.base',
    replace: 'sync.seq',
    breaks: 'what a newcomer says before his server is known everywhere is lost',
    scenarios: ['newcomers-speak'],
  },
  {
    name: 'keep nothing in flight',
    file: 'lib/peer/core/streams/retained-events.js',
    search: 'if (!stream.add({ seq, count, bytes: apart(bytes), atMs }))',
    replace: 'if (seq >= 0)',
    breaks: 'nobody has what others miss',
    scenarios: ['relay-crash', 'cut-and-heal', 'frozen-links'],
  },
  {
    name: 'send messages to one child too few',
    file: 'lib/peer/core/map/routes.js',
    search: 'if (parent === own && child !== undefined)',
    replace: 'if (parent === own && child !== undefined && found.length < 1)',
    breaks: 'a part of the tree hears messages only because it asks for them',
  },
  {
    name: 'be ready for a member at once',
    file: 'lib/peer/core/streams/asks.js',
    search: 'if (servers.size === 0)',
    replace: 'if (servers.size >= 0)',
    breaks: 'who joins is told before the others are known',
    scenarios: ['join-during-sync'],
  },
];
