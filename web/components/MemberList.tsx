/** Who is in the channel. */
import type { Member } from '../core/channel-view.js';
import { pageLimits } from '../core/limits.js';
import { Name } from './Name.js';

export function MemberList({ members, me }: { members: readonly Member[]; me: string }) {
  const more = members.length - pageLimits.membersShown;
  return (
    <section aria-label="Members">
      <h2>
        Members <span class="count">{members.length}</span>
      </h2>
      <ul>
        {members.slice(0, pageLimits.membersShown).map(({ key, name }) => (
          <li key={key}>
            <Name name={name} />
            {name === me && <span class="you"> (you)</span>}
          </li>
        ))}
        {more > 0 && <li class="more">and {more} more</li>}
      </ul>
    </section>
  );
}
