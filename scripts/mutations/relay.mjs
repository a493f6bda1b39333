/** Ways to break the relay: each has to be noticed by the unit tests that it names. */
export const mutations = [];
