package io.tapstack.tcp.congestion;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The congestion controls that come with the stack, by name (TCP_CONGESTION). Another one needs no entry here: it is
 * handed to {@code TcpConfig.congestionControl} as a {@link CongestionControlFactory}. Safe for use by any thread.
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
     * The factory of that name, in any case of letters.
     *
     * @throws IllegalArgumentException if there is none
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
     * The name in lower case.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static String checked(final String name) {
        return named(name).name();
    }

    /**
     * A new congestion control, for one connection.
     *
     * @param seed the start of its chance, if it uses any
     */
    public static CongestionControl create(final String name, final long seed) {
        return named(name).create(seed);
    }

    /**
     * The congestion control of an established connection from now on: {@code previous} itself if {@code factory} has
     * its name, otherwise a new one that goes on with its window.
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
