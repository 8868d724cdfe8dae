package io.tapstack.tcp.congestion;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Congestion controls by name (TCP_CONGESTION): those of the stack, {@link #BUILT_IN}, and in a copy those of an
 * application. Immutable.
 *
 * <pre>{@code
 * CongestionControls mine = CongestionControls.BUILT_IN.with("scalable", ScalableTcp::new);
 * Host host = network.host("server").tcp(tcp -> tcp.congestionControls(mine).congestionControl("scalable"))...
 * }</pre>
 */
public final class CongestionControls {

    /** The congestion controls of the stack. */
    public static final CongestionControls BUILT_IN = new CongestionControls(List.of(
            CongestionControlFactory.of("tahoe", Tahoe::new),
            CongestionControlFactory.of("reno", Reno::new),
            CongestionControlFactory.of("newreno", NewReno::new),
            CongestionControlFactory.of("cubic", Cubic::new),
            CongestionControlFactory.seeded("bbr", Bbr::new)));

    private final SortedMap<String, CongestionControlFactory> byName = new TreeMap<>();

    private CongestionControls(final Iterable<CongestionControlFactory> factories) {
        factories.forEach(factory -> byName.put(factory.name(), factory));
    }

    /**
     * A copy with another one, which replaces one of the same name unless that is the stack's.
     *
     * @throws IllegalArgumentException if a congestion control of the stack has this name
     */
    public CongestionControls with(final CongestionControlFactory factory) {
        final String name = factory.name();
        if (BUILT_IN.byName.containsKey(name)) {
            throw new IllegalArgumentException("there is a congestion control " + name + " already");
        }
        final CongestionControls more = new CongestionControls(byName.values());
        more.byName.put(name, factory);
        return more;
    }

    /**
     * A copy with another one that uses no random numbers; see {@link CongestionControlFactory#of}.
     *
     * @throws IllegalArgumentException if {@code name} is no such name, or that of a congestion control of the stack
     */
    public CongestionControls with(final String name, final Supplier<? extends CongestionControl> maker) {
        return with(CongestionControlFactory.of(name, maker));
    }

    /** The names, in order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /**
     * Returns the factory with this name, in upper or lower case.
     *
     * @throws IllegalArgumentException if none has this name
     */
    public CongestionControlFactory named(final String name) {
        final CongestionControlFactory factory = byName.get(name.toLowerCase(Locale.ROOT));
        if (factory == null) {
            throw new IllegalArgumentException(
                    "no congestion control " + name + ": there are " + String.join(", ", names()));
        }
        return factory;
    }

    /**
     * Creates a congestion control for one connection.
     *
     * @param seed seed of its random numbers, if it uses any
     * @throws IllegalArgumentException if none has this name
     */
    public CongestionControl create(final String name, final long seed) {
        return named(name).create(seed);
    }

    /**
     * Returns the next congestion control of an established connection: {@code previous} if {@code factory} has its
     * name, otherwise a new one that takes over its window.
     *
     * @param seed as of {@link #create}
     */
    public static CongestionControl successor(
            final CongestionControl previous,
            final CongestionControlFactory factory,
            final long seed,
            final int mss,
            final int initialWindow) {
        if (previous.name().equals(factory.name())) {
            return previous;
        }
        final CongestionControl successor = factory.create(seed);
        successor.established(mss, initialWindow);
        successor.takeOver(previous);
        return successor;
    }
}
