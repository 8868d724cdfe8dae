package io.tapstack.tcp.congestion;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The congestion controls of the stack, by name (TCP_CONGESTION). A congestion control of the application needs no
 * entry here: {@code TcpConfig.congestionControl} takes its {@link CongestionControlFactory}. Safe for use by any
 * thread.
 */
public final class CongestionControls {

    private static final Map<String, CongestionControlFactory> BY_NAME = new TreeMap<>(Map.of(
            "tahoe", CongestionControlFactory.of("tahoe", Tahoe::new),
            "reno", CongestionControlFactory.of("reno", Reno::new),
            "newreno", CongestionControlFactory.of("newreno", NewReno::new),
            "cubic", CongestionControlFactory.of("cubic", Cubic::new),
            "bbr", CongestionControlFactory.seeded("bbr", Bbr::new)));

    private CongestionControls() {}

    /** The names, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    /**
     * Returns the factory with this name, in upper or lower case.
     *
     * @throws IllegalArgumentException if none has this name
     */
    public static CongestionControlFactory named(final String name) {
        final CongestionControlFactory factory = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        if (factory == null) {
            throw new IllegalArgumentException(
                    "no congestion control " + name + ": there are " + String.join(", ", names()));
        }
        return factory;
    }

    /**
     * Returns the name in lower case.
     *
     * @throws IllegalArgumentException if none has this name
     */
    public static String checked(final String name) {
        return named(name).name();
    }

    /**
     * Creates a congestion control for one connection.
     *
     * @param seed seed of its random numbers, if it uses any
     */
    public static CongestionControl create(final String name, final long seed) {
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
