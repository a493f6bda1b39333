/** Ways to break the doors for clients: each has to be noticed by the unit tests that it names. */
export const mutations = [];
