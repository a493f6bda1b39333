/**
 * Ways to break the core on purpose: each is a change in one compiled file that the simulator has to notice.
 *
 * `search` must be found exactly once in the file. `scenarios` are those that are tried, each with `seeds` seeds.
 */
export const mutations = [
  {
    name: 'skip the dedupe of events',
    file: 'lib/peer/core/streams.js',
    search: 'if (frame.seq <= stream.watermark || stream.held.has(frame.seq))',
    replace: 'if (stream.held.has(frame.seq))',
    breaks: 'a message comes twice, or goes round for ever',
  },
  {
    name: 'deliver without waiting for what comes before',
    file: 'lib/peer/core/streams.js',
    search: 'if (frame.seq === stream.watermark + 1 && stream.held.size === 0)',
    replace: 'if (frame.seq > stream.watermark)',
    breaks: 'messages are lost that came by a longer way',
  },
  {
    name: 'forget SYNC towards new neighbours',
    file: 'lib/peer/core/mesh.js',
    search: 'yield* this.#exchange.introduction();',
    replace: '',
    breaks: 'who is in a channel is not known to servers that come later',
  },
  {
    name: 'do not let the members of a lost server leave',
    file: 'lib/peer/core/exchange.js',
    search: 'this.effects.membersLost(channel, names, serverName, cause);',
    replace: '',
    breaks: 'members are told of members that are gone',
  },
  {
    name: 'forget one neighbour when flooding',
    file: 'lib/peer/core/routing.js',
    search: 'if (link !== cameFrom)',
    replace: 'if (link !== cameFrom && link !== [...neighbours].at(1))',
    breaks: 'messages do not come everywhere',
  },
  {
    name: 'believe old advertisements',
    file: 'lib/peer/core/topology.js',
    search: 'if (advert.version <= known.advert.version)',
    replace: 'if (advert.version === known.advert.version)',
    breaks: 'the map goes back in time',
  },
  {
    name: 'never notice a silent link',
    file: 'lib/peer/core/link-table.js',
    search: 'if (silentMs >= limits.linkDeadMs)',
    replace: 'if (silentMs < 0)',
    breaks: 'links that are dead count for ever',
  },
  {
    name: 'settle two links between a pair differently at both ends',
    file: 'lib/peer/core/link-table.js',
    search: 'return freshIsOurs === this.ownNode < fresh.node;',
    replace: 'return freshIsOurs;',
    breaks: 'each end uses another link, or none is left',
    scenarios: ['simultaneous-dials'],
  },
];
