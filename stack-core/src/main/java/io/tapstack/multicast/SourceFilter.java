package io.tapstack.multicast;

import io.tapstack.wire.IpAddress;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sources of a group that are wanted (RFC 3376 2, RFC 3810 3). Immutable.
 *
 * @param excludes true for all sources but {@code sources} (EXCLUDE), false for these alone (INCLUDE)
 */
public record SourceFilter(boolean excludes, Set<IpAddress> sources) {

    /** All sources. */
    public static final SourceFilter ALL = new SourceFilter(true, Set.of());

    /** No source: the group is not joined. */
    public static final SourceFilter NONE = new SourceFilter(false, Set.of());

    public SourceFilter {
        sources = Set.copyOf(sources);
    }

    /** The given sources alone. */
    public static SourceFilter include(final IpAddress... sources) {
        return new SourceFilter(false, Set.of(sources));
    }

    /** All sources but the given ones. */
    public static SourceFilter exclude(final IpAddress... sources) {
        return new SourceFilter(true, Set.of(sources));
    }

    /** True if packets of {@code source} are wanted. */
    public boolean accepts(final IpAddress source) {
        return excludes != sources.contains(source);
    }

    /** True if no source is wanted. */
    public boolean isNone() {
        return !excludes && sources.isEmpty();
    }

    /** The filter of an interface for what several sockets want (RFC 3376 3.2, RFC 3810 4.2). */
    static SourceFilter merge(final List<SourceFilter> filters) {
        final Set<IpAddress> included = new LinkedHashSet<>();
        Set<IpAddress> excluded = null;
        for (final SourceFilter filter : filters) {
            if (!filter.excludes) {
                included.addAll(filter.sources);
            } else if (excluded == null) {
                excluded = new HashSet<>(filter.sources);
            } else {
                excluded.retainAll(filter.sources);
            }
        }
        if (excluded == null) {
            return new SourceFilter(false, included);
        }
        excluded.removeAll(included);
        return new SourceFilter(true, excluded);
    }
}
