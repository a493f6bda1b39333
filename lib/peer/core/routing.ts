/**
 * Which links a frame goes out on. [PEERING 6]
 *
 * By flooding: a frame that is new here goes to every neighbour but the one it came from. Receivers recognise what
 * they have had, so each frame crosses a link at most once each way, over any shape of network.
 */

/**
 * @param neighbours ids of the links that frames may go out on
 * @param cameFrom the link that a frame came in on; undefined for one of this server's own
 */
export function* linksFor<LinkId>(
  neighbours: Iterable<LinkId>,
  cameFrom: LinkId | undefined,
): Iterable<LinkId> {
  for (const link of neighbours) if (link !== cameFrom) yield link;
}
